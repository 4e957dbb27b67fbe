-- Which administrators sign in without MFA?
-- An administrator is a user whom a policy allows every action (`*` or `*:*`) on every resource: a managed policy that is attached, or an inline one, of the user or of a group. A permissions boundary grants nothing. A statement with conditions does not count, because only the request tells whether they hold: those stand in `conditions` of `policy_statements`. Deny statements are not looked at. Who has neither a password nor an active access key cannot sign in and is left out. What AWS did not show is null and counts as a risk: such users are listed too.
WITH administrator_statements AS (
  SELECT
    account_id,
    source_type,
    source_arn,
    identity_id
  FROM policy_statements
  WHERE
    effect = 'Allow'
    AND COALESCE(CAST(conditions AS TEXT), '{}') = '{}'
    AND (
      LIST_CONTAINS(CAST(actions AS TEXT[]), '*')
      OR LIST_CONTAINS(CAST(actions AS TEXT[]), '*:*')
    )
    AND LIST_CONTAINS(CAST(resources AS TEXT[]), '*')
), administrators AS (
  SELECT
    a.account_id,
    a.identity_id
  FROM policy_attachments AS a
  JOIN administrator_statements AS s
    ON s.account_id = a.account_id AND s.source_arn = a.policy_arn
  WHERE
    s.source_type = 'managed' AND NOT a.as_boundary
  UNION ALL
  SELECT
    account_id,
    identity_id
  FROM administrator_statements
  WHERE
    source_type IN ('user_inline', 'group_inline')
), users_and_their_groups AS (
  SELECT
    account_id,
    user_id,
    user_id AS identity_id
  FROM users
  UNION ALL
  SELECT
    account_id,
    user_id,
    group_id AS identity_id
  FROM group_members
)
SELECT DISTINCT
  u.account_id,
  u.user_name,
  u.arn,
  u.password_enabled,
  u.access_key_1_active,
  u.access_key_2_active,
  u.mfa_active
FROM users AS u
JOIN users_and_their_groups AS p
  ON p.account_id = u.account_id AND p.user_id = u.user_id
JOIN administrators AS a
  ON a.account_id = p.account_id AND a.identity_id = p.identity_id
WHERE
  (
    COALESCE(u.password_enabled, TRUE)
    OR COALESCE(u.access_key_1_active, TRUE)
    OR COALESCE(u.access_key_2_active, TRUE)
  )
  AND NOT COALESCE(u.mfa_active, FALSE)
ORDER BY
  u.account_id,
  u.user_name
