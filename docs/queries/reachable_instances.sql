-- Which instances can be reached from the internet, and which role do they hold?
-- An instance that runs, with an address that is public: an IPv4 address that AWS maps to it, or an IPv6 address. All of these let everybody in (`0.0.0.0/0`, for IPv6 addresses `::/0`): the route table of the subnet, which is the main one of the network where no other is associated, has an active route to an internet gateway; a rule of a security group of the interface allows it; and the network ACL does not deny it before it allows it. `open_to` is what the rules of the security groups say: the ACL may deny part of that. Not looked at: ways through load balancers, NAT and peers, networks that are large and not everything, what an ACL lets out, VPC Block Public Access, and firewalls of the instance. An instance without a profile, or with one without a role, has no `role_name`. A row with `unread` is no instance: it names what the last sync did not read, or not completely, and what may be missing here for that reason.
WITH addresses AS (
  SELECT
    n.account_id,
    n.region,
    n.network_interface_id,
    n.subnet_id,
    n.vpc_id,
    JSON_EXTRACT_STRING(n.attachment, '$.instance_id') AS instance_id,
    JSON_EXTRACT_STRING(a.item, '$.association.public_ip') AS address,
    '0.0.0.0/0' AS everybody
  FROM ec2_network_interfaces AS n
  CROSS JOIN UNNEST(CAST(n.private_ip_addresses AS JSON[])) AS a(item)
  UNION ALL
  SELECT
    n.account_id,
    n.region,
    n.network_interface_id,
    n.subnet_id,
    n.vpc_id,
    JSON_EXTRACT_STRING(n.attachment, '$.instance_id') AS instance_id,
    JSON_EXTRACT_STRING(a.item, '$.ipv6_address') AS address,
    '::/0' AS everybody
  FROM ec2_network_interfaces AS n
  CROSS JOIN UNNEST(CAST(n.ipv6_addresses AS JSON[])) AS a(item)
), associated_tables AS (
  SELECT
    t.account_id,
    t.region,
    t.vpc_id,
    t.route_table_id,
    JSON_EXTRACT_STRING(a.item, '$.subnet_id') AS subnet_id,
    JSON_EXTRACT_STRING(a.item, '$.main') AS is_main
  FROM ec2_route_tables AS t
  CROSS JOIN UNNEST(CAST(t.associations AS JSON[])) AS a(item)
), routed AS (
  SELECT
    a.account_id,
    a.region,
    a.network_interface_id,
    a.subnet_id,
    a.instance_id,
    a.address,
    a.everybody
  FROM addresses AS a
  LEFT JOIN associated_tables AS own
    ON own.account_id = a.account_id
    AND own.region = a.region
    AND own.subnet_id = a.subnet_id
  LEFT JOIN associated_tables AS main
    ON main.account_id = a.account_id
    AND main.region = a.region
    AND main.vpc_id = a.vpc_id
    AND main.is_main = 'true'
  JOIN ec2_routes AS r
    ON r.account_id = a.account_id
    AND r.region = a.region
    AND r.route_table_id = COALESCE(own.route_table_id, main.route_table_id)
    AND r.destination = a.everybody
  WHERE
    NOT a.address IS NULL AND r.gateway_id LIKE 'igw-%' AND r.state = 'active'
), security_groups AS (
  SELECT
    n.account_id,
    n.region,
    n.network_interface_id,
    JSON_EXTRACT_STRING(g.item, '$.group_id') AS group_id
  FROM ec2_network_interfaces AS n
  CROSS JOIN UNNEST(CAST(n.groups AS JSON[])) AS g(item)
), rules AS (
  SELECT
    account_id,
    region,
    group_id,
    COALESCE(cidr_ipv4, cidr_ipv6) AS everybody,
    CASE ip_protocol
      WHEN 'tcp' THEN '6'
      WHEN 'udp' THEN '17'
      WHEN 'icmp' THEN '1'
      WHEN 'icmpv6' THEN '58'
      ELSE ip_protocol
    END AS protocol,
    CASE WHEN ip_protocol IN ('tcp', 'udp') AND from_port >= 0 THEN from_port ELSE 0 END AS first_port,
    CASE WHEN ip_protocol IN ('tcp', 'udp') AND to_port >= 0 THEN to_port ELSE 65535 END AS last_port,
    CASE
      WHEN ip_protocol = '-1' THEN 'everything'
      WHEN ip_protocol IN ('tcp', 'udp') AND from_port = to_port
      THEN ip_protocol || ' ' || CAST(from_port AS TEXT)
      WHEN ip_protocol IN ('tcp', 'udp')
      THEN ip_protocol || ' ' || CAST(from_port AS TEXT) || '-' || CAST(to_port AS TEXT)
      ELSE ip_protocol
    END AS open_to
  FROM ec2_security_group_rules
  WHERE
    NOT is_egress
), associated_acls AS (
  SELECT
    n.account_id,
    n.region,
    n.network_acl_id,
    JSON_EXTRACT_STRING(a.item, '$.subnet_id') AS subnet_id
  FROM ec2_network_acls AS n
  CROSS JOIN UNNEST(CAST(n.associations AS JSON[])) AS a(item)
), entries AS (
  SELECT
    account_id,
    region,
    network_acl_id,
    rule_number,
    rule_action,
    protocol,
    COALESCE(cidr_block, ipv6_cidr_block) AS everybody,
    COALESCE(CAST(JSON_EXTRACT_STRING(port_range, '$.from') AS BIGINT), 0) AS first_port,
    COALESCE(CAST(JSON_EXTRACT_STRING(port_range, '$.to') AS BIGINT), 65535) AS last_port
  FROM ec2_network_acl_entries
  WHERE
    NOT egress
    AND (
      rule_action = 'allow'
      OR COALESCE(JSON_EXTRACT_STRING(icmp_type_code, '$.type'), '-1') = '-1'
    )
), reachable AS (
  SELECT
    a.account_id,
    a.region,
    a.instance_id,
    a.address,
    r.open_to
  FROM routed AS a
  JOIN security_groups AS g
    ON g.account_id = a.account_id
    AND g.region = a.region
    AND g.network_interface_id = a.network_interface_id
  JOIN rules AS r
    ON r.account_id = g.account_id
    AND r.region = g.region
    AND r.group_id = g.group_id
    AND r.everybody = a.everybody
  JOIN associated_acls AS n
    ON n.account_id = a.account_id AND n.region = a.region AND n.subnet_id = a.subnet_id
  JOIN entries AS e
    ON e.account_id = n.account_id
    AND e.region = n.region
    AND e.network_acl_id = n.network_acl_id
    AND e.everybody = a.everybody
    AND e.rule_action = 'allow'
    AND (e.protocol = '-1' OR r.protocol = '-1' OR e.protocol = r.protocol)
    AND e.first_port <= r.last_port
    AND e.last_port >= r.first_port
  LEFT JOIN entries AS d
    ON d.account_id = e.account_id
    AND d.region = e.region
    AND d.network_acl_id = e.network_acl_id
    AND d.everybody = e.everybody
    AND d.rule_action = 'deny'
    AND d.rule_number < e.rule_number
    AND (
      d.protocol = '-1'
      OR d.protocol = CASE WHEN r.protocol = '-1' THEN e.protocol ELSE r.protocol END
    )
    AND d.first_port <= GREATEST(e.first_port, r.first_port)
    AND d.last_port >= LEAST(e.last_port, r.last_port)
  WHERE
    d.rule_number IS NULL
), roles_of_profiles AS (
  SELECT
    p.account_id,
    p.instance_profile_id,
    JSON_EXTRACT_STRING(r.item, '$.role_name') AS role_name
  FROM instance_profiles AS p
  CROSS JOIN UNNEST(CAST(p.roles AS JSON[])) AS r(item)
), instances AS (
  SELECT
    account_id,
    region,
    instance_id,
    iam_instance_profile_id,
    JSON_EXTRACT_STRING(tags, '$.Name') AS name
  FROM ec2_instances
  WHERE
    state IN ('pending', 'running')
)
SELECT
  i.account_id,
  i.region,
  i.instance_id,
  i.name,
  a.address,
  STRING_AGG(DISTINCT a.open_to, ', ' ORDER BY a.open_to) AS open_to,
  r.role_name,
  CAST(NULL AS TEXT) AS unread
FROM instances AS i
JOIN reachable AS a
  ON a.account_id = i.account_id
  AND a.region = i.region
  AND a.instance_id = i.instance_id
LEFT JOIN roles_of_profiles AS r
  ON r.account_id = i.account_id AND r.instance_profile_id = i.iam_instance_profile_id
GROUP BY
  i.account_id,
  i.region,
  i.instance_id,
  i.name,
  a.address,
  r.role_name
UNION ALL
SELECT
  account_id,
  region,
  CAST(NULL AS TEXT) AS instance_id,
  CAST(NULL AS TEXT) AS name,
  CAST(NULL AS TEXT) AS address,
  CAST(NULL AS TEXT) AS open_to,
  CAST(NULL AS TEXT) AS role_name,
  stream || ': ' || status AS unread
FROM sync_coverage
WHERE
  stream IN (
    'ec2_instances',
    'ec2_network_interfaces',
    'ec2_route_tables',
    'ec2_routes',
    'ec2_security_group_rules',
    'ec2_network_acls',
    'ec2_network_acl_entries',
    'instance_profiles'
  )
  AND status IN ('partial', 'denied', 'failed')
ORDER BY
  account_id,
  region,
  name,
  instance_id,
  address,
  unread
