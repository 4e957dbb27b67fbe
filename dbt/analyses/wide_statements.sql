with statements as (
  select
    account_id,
    source_type,
    source_name,
    policy_name,
    actions,
    not_actions
  from {{ ref('stg_policy_statements') }}
  where effect = 'Allow'
    and (
      {{ json_array_has('resources', "'*'") }}
      or coalesce({{ json_as_text('not_resources') }}, '[]') <> '[]'
    )
),
wide as (
  select
    s.account_id,
    s.source_type,
    s.source_name,
    s.policy_name,
    {{ item_text('a') }} as wildcard
  from statements as s
  {{ unnest_json('s.actions', 'a') }}
  where {{ item_text('a') }} like '%*%' or {{ item_text('a') }} like '%?%'
  union all
  select
    s.account_id,
    s.source_type,
    s.source_name,
    s.policy_name,
    'all but ' || {{ item_text('n') }} as wildcard
  from statements as s
  {{ unnest_json('s.not_actions', 'n') }}
)
select
  account_id,
  source_type,
  source_name,
  policy_name,
  {{ texts_of_group('wildcard') }} as wildcards
from wide
group by account_id, source_type, source_name, policy_name
order by account_id, source_type, source_name, policy_name
