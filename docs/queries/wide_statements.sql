-- Which policies allow wildcard actions on all resources?
-- `iam:*` and `*` are wildcards here, `iam:Get*` too. A trust policy has no resources and is not in the answer.
SELECT
  s.account_id,
  s.source_type,
  s.source_name,
  s.policy_name,
  STRING_AGG(DISTINCT a.action, ', ' ORDER BY a.action) AS wildcards
FROM policy_statements AS s
CROSS JOIN UNNEST(CAST(s.actions AS TEXT[])) AS a(action)
WHERE
  s.effect = 'Allow'
  AND a.action LIKE '%*'
  AND LIST_CONTAINS(CAST(s.resources AS TEXT[]), '*')
GROUP BY
  s.account_id,
  s.source_type,
  s.source_name,
  s.policy_name
ORDER BY
  s.account_id,
  s.source_type,
  s.source_name,
  s.policy_name
