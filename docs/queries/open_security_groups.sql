-- Which security groups are open to the world, and who uses them?
-- Groups with a rule that lets everybody in (`0.0.0.0/0` or `::/0`), with one row for each network interface that has the group: of an instance, or of something else, such as a load balancer (`interface_type`). A group that no interface has is in one row without one. Whether a packet gets to an interface takes more: an address, a route and a network ACL. A row with `unread` is no group: it names what the last sync did not read, or not completely. Where that is `ec2_network_interfaces`, a group without an interface may have users.
with rules as (
  select
    account_id,
    region,
    group_id,
    case
      when ip_protocol = '-1' then 'everything'
      when ip_protocol in ('tcp', 'udp') and from_port = to_port
      then ip_protocol || ' ' || cast(from_port as text)
      when ip_protocol in ('tcp', 'udp')
      then ip_protocol || ' ' || cast(from_port as text) || '-' || cast(to_port as text)
      else ip_protocol
    end as open_to
  from ec2_security_group_rules
  where not is_egress and coalesce(cidr_ipv4, cidr_ipv6) in ('0.0.0.0/0', '::/0')
),
open_groups as (
  select
    account_id,
    region,
    group_id,
    string_agg(distinct open_to, ', ' order by open_to) as open_to
  from rules
  group by account_id, region, group_id
),
interfaces as (
  select
    n.account_id,
    n.region,
    n.network_interface_id,
    n.interface_type,
    json_extract_string(n.attachment, '$.instance_id') as instance_id,
    json_extract_string(g.item, '$.group_id') as group_id
  from ec2_network_interfaces as n
  cross join unnest(cast(n.groups as json[])) as g(item)
)
select
  o.account_id,
  o.region,
  g.vpc_id,
  o.group_id,
  g.group_name,
  o.open_to,
  n.network_interface_id,
  n.interface_type,
  n.instance_id,
  cast(null as text) as unread
from open_groups as o
left join ec2_security_groups as g
  on g.account_id = o.account_id and g.region = o.region and g.group_id = o.group_id
left join interfaces as n on n.account_id = o.account_id and n.region = o.region and n.group_id = o.group_id
union all
select
  account_id,
  region,
  cast(null as text) as vpc_id,
  cast(null as text) as group_id,
  cast(null as text) as group_name,
  cast(null as text) as open_to,
  cast(null as text) as network_interface_id,
  cast(null as text) as interface_type,
  cast(null as text) as instance_id,
  stream || ': ' || status as unread
from sync_coverage
where stream in ('ec2_security_group_rules', 'ec2_security_groups', 'ec2_network_interfaces')
  and status in ('partial', 'denied', 'failed')
order by account_id, region, group_name, group_id, network_interface_id, unread
