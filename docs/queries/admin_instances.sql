-- Which instances hold the role of an administrator?
-- A role is that of an administrator if a policy allows it every action (`*` or `*:*`) on every resource: a managed policy that is attached, or an inline one. Whoever gets into such an instance, or makes it send a request to its metadata service, has the account. A statement with conditions does not count, because only the request tells whether they hold. Deny statements, permissions boundaries and policies of the organization are not looked at, and may take some of it away. Stopped instances are in it: they have the role again when they start. A row with `unread` is no instance: it names what the last sync did not read, or not completely, and what may be missing here for that reason.
WITH administrator_statements AS (
  SELECT
    account_id,
    source_type,
    source_arn,
    identity_id,
    policy_name
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
    a.identity_id,
    a.policy_name
  FROM policy_attachments AS a
  JOIN administrator_statements AS s
    ON s.account_id = a.account_id AND s.source_arn = a.policy_arn
  WHERE
    s.source_type = 'managed' AND a.identity_type = 'role' AND NOT a.as_boundary
  UNION ALL
  SELECT
    account_id,
    identity_id,
    policy_name
  FROM administrator_statements
  WHERE
    source_type = 'role_inline'
), roles_of_profiles AS (
  SELECT
    p.account_id,
    p.instance_profile_id,
    JSON_EXTRACT_STRING(r.item, '$.role_id') AS role_id,
    JSON_EXTRACT_STRING(r.item, '$.role_name') AS role_name
  FROM instance_profiles AS p
  CROSS JOIN UNNEST(CAST(p.roles AS JSON[])) AS r(item)
), instances AS (
  SELECT
    account_id,
    region,
    instance_id,
    iam_instance_profile_id,
    JSON_EXTRACT_STRING(tags, '$.Name') AS name,
    state
  FROM ec2_instances
)
SELECT
  i.account_id,
  i.region,
  i.instance_id,
  i.name,
  i.state,
  r.role_name,
  STRING_AGG(DISTINCT a.policy_name, ', ' ORDER BY a.policy_name) AS policies,
  CAST(NULL AS TEXT) AS unread
FROM instances AS i
JOIN roles_of_profiles AS r
  ON r.account_id = i.account_id AND r.instance_profile_id = i.iam_instance_profile_id
JOIN administrators AS a
  ON a.account_id = r.account_id AND a.identity_id = r.role_id
GROUP BY
  i.account_id,
  i.region,
  i.instance_id,
  i.name,
  i.state,
  r.role_name
UNION ALL
SELECT
  account_id,
  region,
  CAST(NULL AS TEXT) AS instance_id,
  CAST(NULL AS TEXT) AS name,
  CAST(NULL AS TEXT) AS state,
  CAST(NULL AS TEXT) AS role_name,
  CAST(NULL AS TEXT) AS policies,
  stream || ': ' || status AS unread
FROM sync_coverage
WHERE
  stream IN ('ec2_instances', 'instance_profiles', 'policy_attachments', 'policy_statements')
  AND status IN ('partial', 'denied', 'failed')
ORDER BY
  account_id,
  region,
  name,
  instance_id,
  unread
