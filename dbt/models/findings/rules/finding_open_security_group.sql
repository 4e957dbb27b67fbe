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
  where
    not is_egress
    and coalesce(cidr_ipv4, cidr_ipv6) in ('0.0.0.0/0', '::/0')
    and not (
      ip_protocol = 'tcp' and from_port = to_port
      and from_port in ({{ (var('aws_iam_public_ports') + [-2]) | join(', ') }})
    )
),
open_groups as (
  select account_id, region, group_id, {{ texts_of_group('open_to') }} as open_to
  from rules
  group by account_id, region, group_id
)
select
  o.account_id,
  o.region,
  'security group' as resource_type,
  o.group_id as resource_id,
  g.group_name as resource_name,
  g.security_group_arn as resource_arn,
  'found' as status,
  {{ json_object_of({'open_to': 'o.open_to', 'vpc_id': 'g.vpc_id'}) }} as evidence
from open_groups as o
left join {{ ref('stg_ec2_security_groups') }} as g
  on g.account_id = o.account_id and g.region = o.region and g.group_id = o.group_id
