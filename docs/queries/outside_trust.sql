-- Who outside an account can assume roles in it?
-- Principals of other accounts, the wildcard, and statements for everybody but their principals (`NotPrincipal`). Where neither an external ID nor MFA is demanded, the principal's own account is the only guard. Conditions may narrow a trust further: they are in `conditions`.
SELECT
  account_id,
  role_name,
  principal,
  principal_account_id,
  external_id_required,
  mfa_required,
  is_not_principal
FROM role_trusts
WHERE
  effect = 'Allow'
  AND (is_external OR is_wildcard OR is_not_principal)
ORDER BY
  account_id,
  role_name,
  principal
