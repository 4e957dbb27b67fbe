{# Whom a policy allows every action on every resource. "*:*" says the same as "*". Whether a statement with conditions
   applies, only a request tells. #}
with statements as (
  select distinct
    account_id, source_type, source_arn, policy_name, identity_type, identity_id, identity_name, identity_arn
  from {{ ref('stg_policy_statements') }}
  where
    effect = 'Allow'
    and source_type <> 'role_trust'
    and coalesce({{ json_as_text('conditions') }}, '{}') = '{}'
    and ({{ json_array_has('actions', "'*'") }} or {{ json_array_has('actions', "'*:*'") }})
    and {{ json_array_has('resources', "'*'") }}
)
-- A boundary grants nothing.
select
  a.account_id,
  a.identity_type,
  a.identity_id,
  a.identity_name,
  a.identity_arn,
  a.policy_name,
  a.policy_arn
from {{ ref('stg_policy_attachments') }} as a
inner join statements as s on s.account_id = a.account_id and s.source_arn = a.policy_arn and s.source_type = 'managed'
where not a.as_boundary
union all
select
  account_id,
  identity_type,
  identity_id,
  identity_name,
  identity_arn,
  policy_name,
  cast(null as {{ type_of('text') }}) as policy_arn
from statements
where source_type <> 'managed'
