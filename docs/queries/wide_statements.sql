-- Which policies allow wildcard actions on all resources?
-- `iam:*` and `*` are wildcards here; so are `iam:Get*`, `s3:*Object` and `iam:Pass?ole`. A statement of all actions but some (`NotAction`) stands with `all but` and what it leaves out. All resources but some (`NotResource`) count as all. A trust policy has no resources and is not in the answer.
WITH statements AS (
  SELECT
    account_id,
    source_type,
    source_name,
    policy_name,
    actions,
    not_actions
  FROM policy_statements
  WHERE
    effect = 'Allow'
    AND (
      LIST_CONTAINS(CAST(resources AS TEXT[]), '*')
      OR COALESCE(ARRAY_LENGTH(CAST(not_resources AS TEXT[])), 0) > 0
    )
), wide AS (
  SELECT
    s.account_id,
    s.source_type,
    s.source_name,
    s.policy_name,
    a.action AS wildcard
  FROM statements AS s
  CROSS JOIN UNNEST(CAST(s.actions AS TEXT[])) AS a(action)
  WHERE
    a.action LIKE '%*%' OR a.action LIKE '%?%'
  UNION ALL
  SELECT
    s.account_id,
    s.source_type,
    s.source_name,
    s.policy_name,
    'all but ' || n.action AS wildcard
  FROM statements AS s
  CROSS JOIN UNNEST(CAST(s.not_actions AS TEXT[])) AS n(action)
)
SELECT
  account_id,
  source_type,
  source_name,
  policy_name,
  STRING_AGG(DISTINCT wildcard, ', ' ORDER BY wildcard) AS wildcards
FROM wide
GROUP BY
  account_id,
  source_type,
  source_name,
  policy_name
ORDER BY
  account_id,
  source_type,
  source_name,
  policy_name
