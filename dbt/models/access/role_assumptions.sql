{{ config(materialized='table') }}

{% set text = type_of('text') %}
with trusted as (
  select
    t.*,
    -- In the same account, a trust policy that names somebody is enough. Everybody else needs a policy of their own too.
    t.source_kind in ('IAM user', 'role') and (t.trusted_as = 'account' or t.source_account_id <> t.account_id)
      as needs_policy,
    case when s.has_conditions then {{ json_as_text('s.conditions') }} end as conditions
  from {{ ref('trusted_sources') }} as t
  inner join {{ ref('statements') }} as s on s.statement_id = t.statement_id
),
allowed as (
  select
    source_kind,
    source_key,
    role_id,
    max(case when needs_policy then 0 else strength end) as without_policy,
    max(strength) as with_policy,
    {{ texts_of_group('trusted_as') }} as trusted_as,
    {{ texts_of_group('conditions', ' | ') }} as conditions,
    min(case when external_id_required then 1 else 0 end) as external_id_required,
    min(case when mfa_required then 1 else 0 end) as mfa_required
  from trusted
  where effect = 'Allow'
  group by source_kind, source_key, role_id
),
denied as (
  select
    source_kind, source_key, role_id, max(strength) as strength, {{ texts_of_group('conditions', ' | ') }} as conditions
  from trusted
  where effect = 'Deny'
  group by source_kind, source_key, role_id
),
roles as (
  select principal_id as role_id, principal_name as role_name, principal_arn as resource, account_id
  from {{ ref('principals') }}
  where principal_kind = 'role'
),
reached as (
  {{ statements_of_resources("'sts:AssumeRole'", 'roles') }}
),
-- What users and roles say themselves, of the roles that trust them.
policies as (
  select
    a.source_key,
    a.role_id,
    max(case when s.effect = 'Allow' then {{ strength_of_statement('s', 'm.strength') }} else 0 end) as allows,
    max(case when s.effect = 'Deny' then {{ strength_of_statement('s', 'm.strength') }} else 0 end) as denies,
    {{ texts_of_group("case when s.has_conditions then " ~ json_as_text('s.conditions') ~ " end", ' | ') }} as conditions
  from allowed as a
  inner join roles as r on r.role_id = a.role_id
  inner join {{ ref('principal_statements') }} as p on p.principal_id = a.source_key
  inner join {{ ref('statements') }} as s on s.statement_id = p.statement_id
  inner join reached as m on m.statement_id = p.statement_id and m.resource = r.resource
  where a.source_kind in ('IAM user', 'role')
  group by a.source_key, a.role_id
),
judged as (
  select
    a.*,
    d.conditions as deny_conditions,
    p.conditions as policy_conditions,
    -- The better of both ways, unless somebody denies it.
    least(
      greatest(a.without_policy, least(a.with_policy, coalesce(p.allows, 0))),
      2 - greatest(coalesce(d.strength, 0), coalesce(p.denies, 0))
    ) as strength
  from allowed as a
  left join denied as d
    on d.source_kind = a.source_kind and d.source_key = a.source_key and d.role_id = a.role_id
  left join policies as p
    on p.source_key = a.source_key and p.role_id = a.role_id and a.source_kind in ('IAM user', 'role')
),
sources as (
  select distinct source_kind, source_key, source_name, source_arn, source_account_id
  from {{ ref('trusted_sources') }}
),
by_trust as (
  select
    j.source_kind,
    j.source_key,
    s.source_name,
    s.source_arn,
    s.source_account_id,
    r.role_id,
    r.role_name,
    r.resource as role_arn,
    r.account_id,
    {{ yes_conditional_no('j.strength') }} as answer,
    j.trusted_as,
    j.conditions,
    j.deny_conditions,
    j.policy_conditions,
    j.external_id_required = 1 as external_id_required,
    j.mfa_required = 1 as mfa_required
  from judged as j
  inner join sources as s on s.source_kind = j.source_kind and s.source_key = j.source_key
  inner join roles as r on r.role_id = j.role_id
  where j.strength > 0
),
-- IAM Identity Center signs people in to the roles of the permission sets that they are assigned.
by_assignment as (
  select distinct
    'Identity Center user' as source_kind,
    h.identity_key as source_key,
    h.user_name as source_name,
    h.user_arn as source_arn,
    cast(null as {{ text }}) as source_account_id,
    r.role_id,
    r.role_name,
    r.resource as role_arn,
    r.account_id,
    'yes' as answer,
    'assignment' as trusted_as,
    cast(null as {{ text }}) as conditions,
    cast(null as {{ text }}) as deny_conditions,
    cast(null as {{ text }}) as policy_conditions,
    false as external_id_required,
    false as mfa_required
  from {{ ref('assignment_holders') }} as h
  inner join roles as r on r.role_id = h.principal_id
),
every as (
  select * from by_trust
  union all
  select * from by_assignment
),
known_accounts as (
  select distinct account_id
  from (
    select account_id from {{ ref('stg_accounts') }}
    union all
    select account_id from {{ ref('principals') }}
  ) as every_account
)
select
  {{ hash_key(['e.source_kind', 'e.source_key', 'e.role_id']) }} as assumption_id,
  e.*,
  e.source_account_id <> e.account_id as is_cross_account,
  case
    when e.source_kind = 'anybody' then true
    when e.source_account_id is null then e.source_kind = 'principal'
    else k.account_id is null
  end as is_external
from every as e
left join known_accounts as k on k.account_id = e.source_account_id
