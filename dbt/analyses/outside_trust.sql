select
  account_id,
  role_name,
  principal,
  principal_account_id,
  is_deleted_principal,
  external_id_required,
  mfa_required,
  is_not_principal
from {{ ref('stg_role_trusts') }}
where effect = 'Allow'
  and (coalesce(is_external, true) or is_wildcard or is_not_principal)
order by account_id, role_name, principal
