-- Who outside an account can assume roles in it?
-- Principals of other accounts, those of which AWS does not say the account (the wildcard, and deleted principals, of which the ID is left), and statements for everybody but their principals (`NotPrincipal`). Where neither an external ID nor MFA is demanded, the principal's own account is the only guard. Conditions may narrow a trust further: they are in `conditions`.
select
  account_id,
  role_name,
  principal,
  principal_account_id,
  is_deleted_principal,
  external_id_required,
  mfa_required,
  is_not_principal
from role_trusts
where effect = 'Allow'
  and (coalesce(is_external, true) or is_wildcard or is_not_principal)
order by account_id, role_name, principal
