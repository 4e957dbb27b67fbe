-- Which security groups are open to the world, and who uses them?
-- Groups with a rule that lets everybody in (`0.0.0.0/0` or `::/0`), with one row for each network interface that has the group: of an instance, or of something else, such as a load balancer (`interface_type`). A group that no interface has is in one row without one. Whether a packet gets to an interface takes more: an address, a route and a network ACL. A row with `unread` is no group: it names what the last sync did not read, or not completely. Where that is `ec2_network_interfaces`, a group without an interface may have users.
WITH rules AS (
  SELECT
    account_id,
    region,
    group_id,
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
    NOT is_egress AND COALESCE(cidr_ipv4, cidr_ipv6) IN ('0.0.0.0/0', '::/0')
), open_groups AS (
  SELECT
    account_id,
    region,
    group_id,
    STRING_AGG(DISTINCT open_to, ', ' ORDER BY open_to) AS open_to
  FROM rules
  GROUP BY
    account_id,
    region,
    group_id
), interfaces AS (
  SELECT
    n.account_id,
    n.region,
    n.network_interface_id,
    n.interface_type,
    JSON_EXTRACT_STRING(n.attachment, '$.instance_id') AS instance_id,
    JSON_EXTRACT_STRING(g.item, '$.group_id') AS group_id
  FROM ec2_network_interfaces AS n
  CROSS JOIN UNNEST(CAST(n.groups AS JSON[])) AS g(item)
)
SELECT
  o.account_id,
  o.region,
  g.vpc_id,
  o.group_id,
  g.group_name,
  o.open_to,
  n.network_interface_id,
  n.interface_type,
  n.instance_id,
  CAST(NULL AS TEXT) AS unread
FROM open_groups AS o
LEFT JOIN ec2_security_groups AS g
  ON g.account_id = o.account_id AND g.region = o.region AND g.group_id = o.group_id
LEFT JOIN interfaces AS n
  ON n.account_id = o.account_id AND n.region = o.region AND n.group_id = o.group_id
UNION ALL
SELECT
  account_id,
  region,
  CAST(NULL AS TEXT) AS vpc_id,
  CAST(NULL AS TEXT) AS group_id,
  CAST(NULL AS TEXT) AS group_name,
  CAST(NULL AS TEXT) AS open_to,
  CAST(NULL AS TEXT) AS network_interface_id,
  CAST(NULL AS TEXT) AS interface_type,
  CAST(NULL AS TEXT) AS instance_id,
  stream || ': ' || status AS unread
FROM sync_coverage
WHERE
  stream IN ('ec2_security_group_rules', 'ec2_security_groups', 'ec2_network_interfaces')
  AND status IN ('partial', 'denied', 'failed')
ORDER BY
  account_id,
  region,
  group_name,
  group_id,
  network_interface_id,
  unread
