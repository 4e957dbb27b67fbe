-- Which roles may every workload of an OIDC provider assume?
-- A trust of an OpenID Connect provider, such as GitHub Actions, Google or Amazon Cognito, without a condition on the subject, or with one that leaves the owner open: `*` or `?`, or `repo:*` or `repo:?`, and whatever follows. Then every repository of everybody, or every user of the provider, may assume the role, unless other conditions narrow the trust, as the audience does with Cognito: they are in `conditions`. Providers of SAML have no such subjects and are not in the answer.
WITH open_subjects AS (
  SELECT
    t.role_id,
    t.statement_index,
    t.principal,
    COUNT(*) AS subjects
  FROM role_trusts AS t
  CROSS JOIN UNNEST(CAST(t.oidc_subjects AS TEXT[])) AS s(subject)
  WHERE
    s.subject LIKE '*%'
    OR s.subject LIKE '?%'
    OR s.subject LIKE 'repo:*%'
    OR s.subject LIKE 'repo:?%'
  GROUP BY
    t.role_id,
    t.statement_index,
    t.principal
)
SELECT
  t.account_id,
  t.role_name,
  t.principal,
  t.oidc_subjects,
  t.conditions
FROM role_trusts AS t
LEFT JOIN open_subjects AS o
  ON o.role_id = t.role_id
  AND o.statement_index = t.statement_index
  AND o.principal = t.principal
WHERE
  t.effect = 'Allow'
  AND t.principal_type = 'Federated'
  AND NOT t.principal LIKE '%:saml-provider/%'
  AND (
    COALESCE(ARRAY_LENGTH(CAST(t.oidc_subjects AS TEXT[])), 0) = 0 OR o.subjects > 0
  )
ORDER BY
  t.account_id,
  t.role_name,
  t.principal
