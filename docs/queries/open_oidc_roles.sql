-- Which roles can every workload of an OIDC provider assume?
-- A trust of an OpenID Connect provider, such as that of GitHub Actions, without a condition on the subject, or with one that any subject passes. Then every repository of everybody can use the role.
SELECT
  account_id,
  role_name,
  principal,
  oidc_subjects
FROM role_trusts
WHERE
  effect = 'Allow'
  AND principal_type = 'Federated'
  AND principal LIKE '%:oidc-provider/%'
  AND (
    COALESCE(ARRAY_LENGTH(CAST(oidc_subjects AS TEXT[])), 0) = 0
    OR LIST_CONTAINS(CAST(oidc_subjects AS TEXT[]), '*')
  )
ORDER BY
  account_id,
  role_name
