{{ config(materialized='table') }}

{#- One step of the search per number of hops: bounded in every database, and without recursion. -#}
{% set depth = var('aws_iam_assumption_depth') | int %}
with steps as (
  select
    source_kind, source_key, source_name, source_arn, source_account_id, is_external, role_id, role_name, role_arn,
    account_id, answer, conditions, policy_conditions, deny_conditions, external_id_required, mfa_required,
    coalesce(is_cross_account, source_account_id is not null) as is_cross_account,
    case answer when 'yes' then 2 else 1 end as strength
  from {{ ref('role_assumptions') }}
),
hops_1 as (
  select
    source_kind,
    source_key,
    source_name,
    source_arn,
    source_account_id,
    is_external,
    role_id,
    role_name,
    role_arn,
    account_id,
    1 as hops,
    strength,
    '/' || source_key || '/' || role_id || '/' as path_ids,
    source_name || ' > ' || role_name as path,
    cast(null as {{ type_of('text') }}) as last_from_role_id,
    {{ conditions_of_step('steps') }} as conditions,
    external_id_required,
    mfa_required,
    is_cross_account
  from steps
)
{%- for hops in range(2, depth + 1) %},
found_{{ hops }} as (
  {%- for shorter in range(1, hops) %}
  select source_kind, source_key, role_id, strength from hops_{{ shorter }}
  {%- if not loop.last %}
  union all
  {%- endif %}
  {%- endfor %}
),
best_{{ hops }} as (
  select source_kind, source_key, role_id, max(strength) as strength
  from found_{{ hops }}
  group by source_kind, source_key, role_id
),
longer_{{ hops }} as (
  select
    h.source_kind,
    h.source_key,
    h.source_name,
    h.source_arn,
    h.source_account_id,
    h.is_external,
    s.role_id,
    s.role_name,
    s.role_arn,
    s.account_id,
    {{ hops }} as hops,
    least(h.strength, s.strength) as strength,
    h.path_ids || s.role_id || '/' as path_ids,
    h.path || ' > ' || s.role_name as path,
    h.role_id as last_from_role_id,
    case
      when h.conditions is null or {{ conditions_of_step('s') }} is null
        then coalesce(h.conditions, {{ conditions_of_step('s') }})
      else h.conditions || ' | ' || {{ conditions_of_step('s') }}
    end as conditions,
    h.external_id_required or s.external_id_required as external_id_required,
    h.mfa_required or s.mfa_required as mfa_required,
    h.is_cross_account or s.is_cross_account as is_cross_account
  from hops_{{ hops - 1 }} as h
  inner join steps as s on s.source_key = h.role_id and s.source_kind = 'role'
  -- Not in circles.
  where h.path_ids not like '%/' || s.role_id || '/%'
),
-- A longer way to a role is told only if it is more certain than all shorter ones.
hops_{{ hops }} as (
  select l.*
  from longer_{{ hops }} as l
  left join best_{{ hops }} as b
    on b.source_kind = l.source_kind and b.source_key = l.source_key and b.role_id = l.role_id
  where b.strength is null or b.strength < l.strength
)
{%- endfor %},
every as (
  {%- for hops in range(1, depth + 1) %}
  select * from hops_{{ hops }}
  {%- if not loop.last %}
  union all
  {%- endif %}
  {%- endfor %}
)
select
  {{ hash_key(['source_kind', 'path_ids']) }} as path_id,
  source_kind,
  source_key,
  source_name,
  source_arn,
  source_account_id,
  is_external,
  role_id,
  role_name,
  role_arn,
  account_id,
  hops,
  {{ yes_conditional_no('strength') }} as answer,
  path,
  last_from_role_id,
  conditions,
  external_id_required,
  mfa_required,
  is_cross_account
from every
