-- Which instances can be reached from the internet, and which role do they hold?
-- An instance that runs, with an address that is public: an IPv4 address that AWS maps to it, or an IPv6 address. All of these let everybody in (`0.0.0.0/0`, for IPv6 addresses `::/0`): the route table of the subnet, which is the main one of the network where no other is associated, has an active route to an internet gateway; a rule of a security group of the interface allows it; and the network ACL does not deny it before it allows it. `open_to` is what the rules of the security groups say: the ACL may deny part of that. Not looked at: ways through load balancers, NAT and peers, networks that are large and not everything, what an ACL lets out, VPC Block Public Access, and firewalls of the instance. An instance without a profile, or with one without a role, has no `role_name`. A row with `unread` is no instance: it names what the last sync did not read, or not completely, and what may be missing here for that reason.
with addresses as (
  select
    n.account_id,
    n.region,
    n.network_interface_id,
    n.subnet_id,
    n.vpc_id,
    json_extract_string(n.attachment, '$.instance_id') as instance_id,
    json_extract_string(a.item, '$.association.public_ip') as address,
    '0.0.0.0/0' as everybody
  from ec2_network_interfaces as n
  cross join unnest(cast(n.private_ip_addresses as json[])) as a(item)
  union all
  select
    n.account_id,
    n.region,
    n.network_interface_id,
    n.subnet_id,
    n.vpc_id,
    json_extract_string(n.attachment, '$.instance_id') as instance_id,
    json_extract_string(a.item, '$.ipv6_address') as address,
    '::/0' as everybody
  from ec2_network_interfaces as n
  cross join unnest(cast(n.ipv6_addresses as json[])) as a(item)
),
associated_tables as (
  select
    t.account_id,
    t.region,
    t.vpc_id,
    t.route_table_id,
    json_extract_string(a.item, '$.subnet_id') as subnet_id,
    json_extract_string(a.item, '$.main') as is_main
  from ec2_route_tables as t
  cross join unnest(cast(t.associations as json[])) as a(item)
),
routed as (
  select
    a.account_id,
    a.region,
    a.network_interface_id,
    a.subnet_id,
    a.instance_id,
    a.address,
    a.everybody
  from addresses as a
  left join associated_tables as own
    on own.account_id = a.account_id
    and own.region = a.region
    and own.subnet_id = a.subnet_id
  left join associated_tables as main
    on main.account_id = a.account_id
    and main.region = a.region
    and main.vpc_id = a.vpc_id
    and main.is_main = 'true'
  join ec2_routes as r
    on r.account_id = a.account_id
    and r.region = a.region
    and r.route_table_id = coalesce(own.route_table_id, main.route_table_id)
    and r.destination = a.everybody
  where a.address is not null and r.gateway_id like 'igw-%' and r.state = 'active'
),
security_groups as (
  select
    n.account_id,
    n.region,
    n.network_interface_id,
    json_extract_string(g.item, '$.group_id') as group_id
  from ec2_network_interfaces as n
  cross join unnest(cast(n.groups as json[])) as g(item)
),
rules as (
  select
    account_id,
    region,
    group_id,
    coalesce(cidr_ipv4, cidr_ipv6) as everybody,
    case ip_protocol
      when 'tcp' then '6'
      when 'udp' then '17'
      when 'icmp' then '1'
      when 'icmpv6' then '58'
      else ip_protocol
    end as protocol,
    case when ip_protocol in ('tcp', 'udp') and from_port >= 0 then from_port else 0 end as first_port,
    case when ip_protocol in ('tcp', 'udp') and to_port >= 0 then to_port else 65535 end as last_port,
    case
      when ip_protocol = '-1' then 'everything'
      when ip_protocol in ('tcp', 'udp') and from_port = to_port
      then ip_protocol || ' ' || cast(from_port as text)
      when ip_protocol in ('tcp', 'udp')
      then ip_protocol || ' ' || cast(from_port as text) || '-' || cast(to_port as text)
      else ip_protocol
    end as open_to
  from ec2_security_group_rules
  where not is_egress
),
associated_acls as (
  select
    n.account_id,
    n.region,
    n.network_acl_id,
    json_extract_string(a.item, '$.subnet_id') as subnet_id
  from ec2_network_acls as n
  cross join unnest(cast(n.associations as json[])) as a(item)
),
entries as (
  select
    account_id,
    region,
    network_acl_id,
    rule_number,
    rule_action,
    protocol,
    coalesce(cidr_block, ipv6_cidr_block) as everybody,
    coalesce(cast(json_extract_string(port_range, '$.from') as bigint), 0) as first_port,
    coalesce(cast(json_extract_string(port_range, '$.to') as bigint), 65535) as last_port
  from ec2_network_acl_entries
  where not egress
    and (
      rule_action = 'allow'
      or coalesce(json_extract_string(icmp_type_code, '$.type'), '-1') = '-1'
    )
),
reachable as (
  select
    a.account_id,
    a.region,
    a.instance_id,
    a.address,
    r.open_to
  from routed as a
  join security_groups as g
    on g.account_id = a.account_id
    and g.region = a.region
    and g.network_interface_id = a.network_interface_id
  join rules as r
    on r.account_id = g.account_id
    and r.region = g.region
    and r.group_id = g.group_id
    and r.everybody = a.everybody
  join associated_acls as n
    on n.account_id = a.account_id and n.region = a.region and n.subnet_id = a.subnet_id
  join entries as e
    on e.account_id = n.account_id
    and e.region = n.region
    and e.network_acl_id = n.network_acl_id
    and e.everybody = a.everybody
    and e.rule_action = 'allow'
    and (e.protocol = '-1' or r.protocol = '-1' or e.protocol = r.protocol)
    and e.first_port <= r.last_port
    and e.last_port >= r.first_port
  left join entries as d
    on d.account_id = e.account_id
    and d.region = e.region
    and d.network_acl_id = e.network_acl_id
    and d.everybody = e.everybody
    and d.rule_action = 'deny'
    and d.rule_number < e.rule_number
    and (
      d.protocol = '-1'
      or d.protocol = case when r.protocol = '-1' then e.protocol else r.protocol end
    )
    and d.first_port <= greatest(e.first_port, r.first_port)
    and d.last_port >= least(e.last_port, r.last_port)
  where d.rule_number is null
),
roles_of_profiles as (
  select
    p.account_id,
    p.instance_profile_id,
    json_extract_string(r.item, '$.role_name') as role_name
  from instance_profiles as p
  cross join unnest(cast(p.roles as json[])) as r(item)
),
instances as (
  select
    account_id,
    region,
    instance_id,
    iam_instance_profile_id,
    json_extract_string(tags, '$.Name') as name
  from ec2_instances
  where state in ('pending', 'running')
)
select
  i.account_id,
  i.region,
  i.instance_id,
  i.name,
  a.address,
  string_agg(distinct a.open_to, ', ' order by a.open_to) as open_to,
  r.role_name,
  cast(null as text) as unread
from instances as i
join reachable as a
  on a.account_id = i.account_id
  and a.region = i.region
  and a.instance_id = i.instance_id
left join roles_of_profiles as r
  on r.account_id = i.account_id and r.instance_profile_id = i.iam_instance_profile_id
group by i.account_id, i.region, i.instance_id, i.name, a.address, r.role_name
union all
select
  account_id,
  region,
  cast(null as text) as instance_id,
  cast(null as text) as name,
  cast(null as text) as address,
  cast(null as text) as open_to,
  cast(null as text) as role_name,
  stream || ': ' || status as unread
from sync_coverage
where stream in (
    'ec2_instances',
    'ec2_network_interfaces',
    'ec2_route_tables',
    'ec2_routes',
    'ec2_security_group_rules',
    'ec2_network_acls',
    'ec2_network_acl_entries',
    'instance_profiles'
  )
  and status in ('partial', 'denied', 'failed')
order by account_id, region, name, instance_id, address, unread
