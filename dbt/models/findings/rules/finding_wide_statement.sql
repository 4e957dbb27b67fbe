-- Everything that a service can do, or all but some actions, with every resource. Who writes all actions of all services
-- for all resources makes administrators, of which there are rules of their own.
with statements as (
  select
    *,
    {{ json_array_has('resources', "'*'") }} as has_every_resource,
    {{ json_text('not_resources', [0]) }} is not null as has_not_resources,
    {{ json_text('not_actions', [0]) }} is not null as has_not_actions
  from {{ ref('stg_policy_statements') }}
  where
    effect = 'Allow'
    and source_type <> 'role_trust'
    and coalesce({{ json_as_text('conditions') }}, '{}') = '{}'
    -- Nobody but AWS can change these.
    and coalesce(source_arn, '') not like 'arn:%:iam::aws:policy/%'
),
wide as (
  select s.*, {{ item_text('a') }} as action
  from statements as s
  {{ unnest_json('s.actions', 'a') }}
  where
    (s.has_every_resource or s.has_not_resources)
    and (
      {{ item_text('a') }} like '%:*' and {{ item_text('a') }} <> '*:*'
      or {{ item_text('a') }} in ('*', '*:*') and not s.has_every_resource
    )
  union all
  select s.*, 'all but ' || {{ item_text('a') }} as action
  from statements as s
  {{ unnest_json('s.not_actions', 'a') }}
  where (s.has_every_resource or s.has_not_resources) and s.has_not_actions
),
policies as (
  select
    account_id,
    source_type,
    source_id,
    policy_name,
    max(source_name) as source_name,
    max(source_arn) as source_arn,
    {{ texts_of_group('action') }} as actions
  from wide
  group by account_id, source_type, source_id, policy_name
)
select
  account_id,
  'global' as region,
  case source_type
    when 'managed' then 'policy' when 'user_inline' then 'user' when 'group_inline' then 'group' else 'role'
  end as resource_type,
  case when source_type = 'managed' then source_arn else source_id || '/' || policy_name end as resource_id,
  case when source_type = 'managed' then policy_name else source_name || '/' || policy_name end as resource_name,
  source_arn as resource_arn,
  'found' as status,
  {{ json_object_of({'actions': 'actions'}) }} as evidence
from policies
