with rules as (
  select
    account_id,
    region,
    group_id,
    case
      when ip_protocol = '-1' then 'everything'
      when ip_protocol in ('tcp', 'udp') and from_port = to_port
      then ip_protocol || ' ' || cast(from_port as {{ type_of('text') }})
      when ip_protocol in ('tcp', 'udp')
      then ip_protocol || ' ' || cast(from_port as {{ type_of('text') }}) || '-' || cast(to_port as {{ type_of('text') }})
      else ip_protocol
    end as open_to
  from {{ ref('stg_ec2_security_group_rules') }}
  where not is_egress and coalesce(cidr_ipv4, cidr_ipv6) in ('0.0.0.0/0', '::/0')
),
open_groups as (
  select
    account_id,
    region,
    group_id,
    {{ texts_of_group('open_to') }} as open_to
  from rules
  group by account_id, region, group_id
),
interfaces as (
  select
    n.account_id,
    n.region,
    n.network_interface_id,
    n.interface_type,
    {{ json_text('n.attachment', ['instance_id']) }} as instance_id,
    {{ json_text(item_json('g'), ['group_id']) }} as group_id
  from {{ ref('stg_ec2_network_interfaces') }} as n
  {{ unnest_json('n.groups', 'g') }}
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
  cast(null as {{ type_of('text') }}) as unread
from open_groups as o
left join {{ ref('stg_ec2_security_groups') }} as g
  on g.account_id = o.account_id and g.region = o.region and g.group_id = o.group_id
left join interfaces as n on n.account_id = o.account_id and n.region = o.region and n.group_id = o.group_id
union all
select
  account_id,
  region,
  cast(null as {{ type_of('text') }}) as vpc_id,
  cast(null as {{ type_of('text') }}) as group_id,
  cast(null as {{ type_of('text') }}) as group_name,
  cast(null as {{ type_of('text') }}) as open_to,
  cast(null as {{ type_of('text') }}) as network_interface_id,
  cast(null as {{ type_of('text') }}) as interface_type,
  cast(null as {{ type_of('text') }}) as instance_id,
  stream || ': ' || status as unread
from {{ ref('stg_sync_coverage') }}
where stream in ('ec2_security_group_rules', 'ec2_security_groups', 'ec2_network_interfaces')
  and status in ('partial', 'denied', 'failed')
order by account_id, region, group_name, group_id, network_interface_id, unread
