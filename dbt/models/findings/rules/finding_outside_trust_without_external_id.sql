with trusts as (
  select t.*
  from {{ ref('stg_role_trusts') }} as t
  -- An account of the organization is no third party.
  left join {{ ref('stg_accounts') }} as a on a.account_id = t.principal_account_id
  where
    t.effect = 'Allow'
    and t.principal_type = 'AWS'
    and t.is_external
    and not t.is_not_principal
    and not coalesce(t.external_id_required, false)
    and not coalesce(t.mfa_required, false)
    and a.account_id is null
),
by_role as (
  select
    account_id,
    role_id,
    max(role_name) as role_name,
    max(role_arn) as role_arn,
    {{ texts_of_group('principal') }} as principals,
    {{ texts_of_group(json_as_text('conditions'), ' and ') }} as conditions
  from trusts
  group by account_id, role_id
)
select
  r.account_id,
  'global' as region,
  'role' as resource_type,
  r.role_id as resource_id,
  r.role_name as resource_name,
  r.role_arn as resource_arn,
  -- Which accounts are the organization's own is not known unless their list was read.
  case when {{ is_read(['accounts']) }} then 'found' else 'unknown' end as status,
  {{ json_object_of({'principals': 'r.principals', 'conditions': 'r.conditions'}) }} as evidence
from by_role as r
