-- Which instances answer requests of IMDSv1?
-- Their metadata service gives the credentials of the role to requests without a token, which a server on the instance can be made to send. Where AWS does not say whether it does, `is_imds_v1_allowed` is null, and the instance is in it. Stopped instances are in it too, and terminated ones are not. Without an instance profile, there are no credentials to take. A row with `unread` is no instance: it names an account and Region whose instances the last sync did not read, or not completely.
SELECT
  account_id,
  region,
  instance_id,
  JSON_EXTRACT_STRING(tags, '$.Name') AS name,
  state,
  is_imds_v1_allowed,
  iam_instance_profile_arn,
  CAST(NULL AS TEXT) AS unread
FROM ec2_instances
WHERE
  COALESCE(is_imds_v1_allowed, TRUE)
  AND COALESCE(state, 'unknown') NOT IN ('shutting-down', 'terminated')
UNION ALL
SELECT
  account_id,
  region,
  CAST(NULL AS TEXT) AS instance_id,
  CAST(NULL AS TEXT) AS name,
  CAST(NULL AS TEXT) AS state,
  CAST(NULL AS BOOLEAN) AS is_imds_v1_allowed,
  CAST(NULL AS TEXT) AS iam_instance_profile_arn,
  stream || ': ' || status AS unread
FROM sync_coverage
WHERE
  stream = 'ec2_instances' AND status IN ('partial', 'denied', 'failed')
ORDER BY
  account_id,
  region,
  name,
  instance_id,
  unread
