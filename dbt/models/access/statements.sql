{{ config(materialized='table') }}

with in_accounts as (
  select
    source_type as source,
    account_id,
    source_id,
    source_arn as policy_arn,
    policy_name,
    version_id,
    statement_index,
    cast(null as {{ type_of('text') }}) as statement_text,
    sid,
    effect,
    actions,
    not_actions,
    resources,
    not_resources,
    conditions
  from {{ ref('stg_policy_statements') }}
),
inline_documents as (
  select permission_set_arn, {{ json_at('policy_document', ['Statement']) }} as statements
  from {{ ref('stg_permission_set_policies') }}
  where policy_type = 'inline'
),
{# Its own step: Redshift takes a path only into a column. #}
inline_statements as (
  select d.permission_set_arn, {{ item_json('s') }} as statement
  from inline_documents as d {{ unnest_json('d.statements', 's') }}
),
-- These are as their authors wrote them: the columns of policy_statements are made here.
in_permission_sets as (
  select
    'permission_set_inline' as source,
    cast(null as {{ type_of('text') }}) as account_id,
    permission_set_arn as source_id,
    cast(null as {{ type_of('text') }}) as policy_arn,
    'inline' as policy_name,
    '' as version_id,
    cast(null as {{ type_of('integer') }}) as statement_index,
    {{ json_as_text('statement') }} as statement_text,
    {{ json_text('statement', ['Sid']) }} as sid,
    {{ json_text('statement', ['Effect']) }} as effect,
    {{ json_list(json_at('statement', ['Action'])) }} as actions,
    {{ json_list(json_at('statement', ['NotAction'])) }} as not_actions,
    {{ json_list(json_at('statement', ['Resource'])) }} as resources,
    {{ json_list(json_at('statement', ['NotResource'])) }} as not_resources,
    {{ json_at('statement', ['Condition']) }} as conditions
  from inline_statements
),
organization_statements as (
  select p.policy_type, p.policy_id, p.policy_arn, p.policy_name, {{ item_json('s') }} as statement
  from {{ ref('stg_organization_policies') }} as p {{ unnest_json('p.statements', 's') }}
  where p.policy_type in ('SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY')
),
in_organization as (
  select
    case policy_type when 'SERVICE_CONTROL_POLICY' then 'service_control' else 'resource_control' end as source,
    cast(null as {{ type_of('text') }}) as account_id,
    policy_id as source_id,
    policy_arn,
    policy_name,
    '' as version_id,
    cast({{ json_text('statement', ['statement_index']) }} as {{ type_of('integer') }}) as statement_index,
    cast(null as {{ type_of('text') }}) as statement_text,
    {{ json_text('statement', ['sid']) }} as sid,
    {{ json_text('statement', ['effect']) }} as effect,
    {{ json_list(json_at('statement', ['actions'])) }} as actions,
    {{ json_list(json_at('statement', ['not_actions'])) }} as not_actions,
    {{ json_list(json_at('statement', ['resources'])) }} as resources,
    {{ json_list(json_at('statement', ['not_resources'])) }} as not_resources,
    {{ json_at('statement', ['conditions']) }} as conditions
  from organization_statements
),
-- No policy says it, and none of the account limits it: so does AWS treat the root user.
of_root as (
  select
    'root' as source,
    account_id,
    user_id as source_id,
    cast(null as {{ type_of('text') }}) as policy_arn,
    'root' as policy_name,
    '' as version_id,
    cast(0 as {{ type_of('integer') }}) as statement_index,
    cast(null as {{ type_of('text') }}) as statement_text,
    cast(null as {{ type_of('text') }}) as sid,
    'Allow' as effect,
    {{ json_of_text("'[\"*\"]'") }} as actions,
    {{ json_of_text("'[]'") }} as not_actions,
    {{ json_of_text("'[\"*\"]'") }} as resources,
    {{ json_of_text("'[]'") }} as not_resources,
    cast(null as {{ type_of('json') }}) as conditions
  from {{ ref('stg_users') }}
  where is_root
),
every as (
  select * from in_accounts
  union all
  select * from in_permission_sets
  union all
  select * from in_organization
  union all
  select * from of_root
),
-- A document may have the same statement twice, and a statement of a permission set has no place in its document here.
numbered as (
  select
    *,
    row_number() over (
      partition by source, account_id, source_id, policy_name, version_id, statement_index, statement_text order by sid
    ) as repetition,
    {{ json_as_text('conditions') }} as conditions_text
  from every
)
select
  {{ hash_key([
    'source', 'account_id', 'source_id', 'policy_name', 'version_id', 'statement_index', 'statement_text', 'repetition'
  ]) }} as statement_id,
  source,
  account_id,
  source_id,
  policy_arn,
  policy_name,
  version_id,
  statement_index,
  sid,
  effect,
  actions,
  not_actions,
  resources,
  not_resources,
  conditions,
  coalesce(conditions_text, '{}') <> '{}' as has_conditions
from numbered
