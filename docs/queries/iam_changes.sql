-- Who changed IAM in the last week?
-- One row for each actor and action. What AWS refused has an `error_code` and is left out.
SELECT
  account_id,
  COALESCE(actor_arn, actor, actor_type) AS who,
  event_name,
  COUNT(DISTINCT event_id) AS changes,
  MAX(event_time) AS last_change
FROM audit_events
WHERE
  event_source = 'iam.amazonaws.com'
  AND NOT COALESCE(read_only, FALSE)
  AND error_code IS NULL
  AND event_time >= CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '7' DAY
GROUP BY
  account_id,
  COALESCE(actor_arn, actor, actor_type),
  event_name
ORDER BY
  changes DESC,
  who,
  event_name
