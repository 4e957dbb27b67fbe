with addresses as (
  select
    n.account_id,
    n.region,
    n.network_interface_id,
    n.subnet_id,
    n.vpc_id,
    {{ json_text('n.attachment', ['instance_id']) }} as instance_id,
    {{ json_text(item_json('a'), ['association', 'public_ip']) }} as address,
    '0.0.0.0/0' as everybody
  from {{ ref('stg_ec2_network_interfaces') }} as n
  {{ unnest_json('n.private_ip_addresses', 'a') }}
  union all
  select
    n.account_id,
    n.region,
    n.network_interface_id,
    n.subnet_id,
    n.vpc_id,
    {{ json_text('n.attachment', ['instance_id']) }} as instance_id,
    {{ json_text(item_json('a'), ['ipv6_address']) }} as address,
    '::/0' as everybody
  from {{ ref('stg_ec2_network_interfaces') }} as n
  {{ unnest_json('n.ipv6_addresses', 'a') }}
),
associated_tables as (
  select
    t.account_id,
    t.region,
    t.vpc_id,
    t.route_table_id,
    {{ json_text(item_json('a'), ['subnet_id']) }} as subnet_id,
    {{ json_text(item_json('a'), ['main']) }} as is_main
  from {{ ref('stg_ec2_route_tables') }} as t
  {{ unnest_json('t.associations', 'a') }}
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
  join {{ ref('stg_ec2_routes') }} as r
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
    {{ json_text(item_json('g'), ['group_id']) }} as group_id
  from {{ ref('stg_ec2_network_interfaces') }} as n
  {{ unnest_json('n.groups', 'g') }}
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
      then ip_protocol || ' ' || cast(from_port as {{ type_of('text') }})
      when ip_protocol in ('tcp', 'udp')
      then ip_protocol || ' ' || cast(from_port as {{ type_of('text') }}) || '-' || cast(to_port as {{ type_of('text') }})
      else ip_protocol
    end as open_to
  from {{ ref('stg_ec2_security_group_rules') }}
  where not is_egress
),
associated_acls as (
  select
    n.account_id,
    n.region,
    n.network_acl_id,
    {{ json_text(item_json('a'), ['subnet_id']) }} as subnet_id
  from {{ ref('stg_ec2_network_acls') }} as n
  {{ unnest_json('n.associations', 'a') }}
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
    coalesce(cast({{ json_text('port_range', ['from']) }} as {{ type_of('integer') }}), 0) as first_port,
    coalesce(cast({{ json_text('port_range', ['to']) }} as {{ type_of('integer') }}), 65535) as last_port
  from {{ ref('stg_ec2_network_acl_entries') }}
  where not egress
    and (
      rule_action = 'allow'
      or coalesce({{ json_text('icmp_type_code', ['type']) }}, '-1') = '-1'
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
    {{ json_text(item_json('r'), ['role_name']) }} as role_name
  from {{ ref('stg_instance_profiles') }} as p
  {{ unnest_json('p.roles', 'r') }}
),
instances as (
  select
    account_id,
    region,
    instance_id,
    iam_instance_profile_id,
    {{ json_text('tags', ['Name']) }} as name
  from {{ ref('stg_ec2_instances') }}
  where state in ('pending', 'running')
)
select
  i.account_id,
  i.region,
  i.instance_id,
  i.name,
  a.address,
  {{ texts_of_group('a.open_to') }} as open_to,
  r.role_name,
  cast(null as {{ type_of('text') }}) as unread
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
  cast(null as {{ type_of('text') }}) as instance_id,
  cast(null as {{ type_of('text') }}) as name,
  cast(null as {{ type_of('text') }}) as address,
  cast(null as {{ type_of('text') }}) as open_to,
  cast(null as {{ type_of('text') }}) as role_name,
  stream || ': ' || status as unread
from {{ ref('stg_sync_coverage') }}
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
