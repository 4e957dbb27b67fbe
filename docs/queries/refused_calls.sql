-- Who was refused what?
-- Many refusals of one actor are a job that lacks a permission, or somebody who tries doors.
SELECT
  account_id,
  COALESCE(actor_arn, actor_type) AS actor,
  event_source,
  event_name,
  COUNT(DISTINCT event_id) AS refusals
FROM audit_events
WHERE
  error_code IN ('AccessDenied', 'AccessDeniedException', 'Client.UnauthorizedOperation')
GROUP BY
  account_id,
  COALESCE(actor_arn, actor_type),
  event_source,
  event_name
ORDER BY
  refusals DESC,
  actor,
  event_name
