with administrator_statements as (
  select
    account_id,
    source_type,
    source_arn,
    identity_id,
    policy_name
  from {{ ref('stg_policy_statements') }}
  where effect = 'Allow'
    and coalesce({{ json_as_text('conditions') }}, '{}') = '{}'
    and (
      {{ json_array_has('actions', "'*'") }}
      or {{ json_array_has('actions', "'*:*'") }}
    )
    and {{ json_array_has('resources', "'*'") }}
),
administrators as (
  select
    a.account_id,
    a.identity_id,
    a.policy_name
  from {{ ref('stg_policy_attachments') }} as a
  join administrator_statements as s on s.account_id = a.account_id and s.source_arn = a.policy_arn
  where s.source_type = 'managed' and a.identity_type = 'role' and not a.as_boundary
  union all
  select
    account_id,
    identity_id,
    policy_name
  from administrator_statements
  where source_type = 'role_inline'
),
roles_of_profiles as (
  select
    p.account_id,
    p.instance_profile_id,
    {{ json_text(item_json('r'), ['role_id']) }} as role_id,
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
    {{ json_text('tags', ['Name']) }} as name,
    state
  from {{ ref('stg_ec2_instances') }}
)
select
  i.account_id,
  i.region,
  i.instance_id,
  i.name,
  i.state,
  r.role_name,
  {{ texts_of_group('a.policy_name') }} as policies,
  cast(null as {{ type_of('text') }}) as unread
from instances as i
join roles_of_profiles as r
  on r.account_id = i.account_id and r.instance_profile_id = i.iam_instance_profile_id
join administrators as a on a.account_id = r.account_id and a.identity_id = r.role_id
group by i.account_id, i.region, i.instance_id, i.name, i.state, r.role_name
union all
select
  account_id,
  region,
  cast(null as {{ type_of('text') }}) as instance_id,
  cast(null as {{ type_of('text') }}) as name,
  cast(null as {{ type_of('text') }}) as state,
  cast(null as {{ type_of('text') }}) as role_name,
  cast(null as {{ type_of('text') }}) as policies,
  stream || ': ' || status as unread
from {{ ref('stg_sync_coverage') }}
where stream in ('ec2_instances', 'instance_profiles', 'policy_attachments', 'policy_statements')
  and status in ('partial', 'denied', 'failed')
order by account_id, region, name, instance_id, unread
