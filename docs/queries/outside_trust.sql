-- Who outside an account can assume roles in it?
-- Principals of other accounts, those of which AWS does not say the account (the wildcard, and deleted principals, of which the ID is left), and statements for everybody but their principals (`NotPrincipal`). Where neither an external ID nor MFA is demanded, the principal's own account is the only guard. Conditions may narrow a trust further: they are in `conditions`.
SELECT
  account_id,
  role_name,
  principal,
  principal_account_id,
  is_deleted_principal,
  external_id_required,
  mfa_required,
  is_not_principal
FROM role_trusts
WHERE
  effect = 'Allow'
  AND (NOT is_external IS FALSE OR is_wildcard OR is_not_principal)
ORDER BY
  account_id,
  role_name,
  principal
