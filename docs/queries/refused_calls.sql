-- Who was refused what?
-- Many refusals of one actor are a job that lacks a permission, or somebody who tries doors. Each service has its own code for a refusal.
SELECT
  account_id,
  COALESCE(actor_arn, actor, actor_type) AS who,
  event_source,
  event_name,
  COUNT(DISTINCT event_id) AS refusals
FROM audit_events
WHERE
  error_code LIKE '%AccessDenied%'
  OR error_code LIKE '%Unauthorized%'
  OR error_code LIKE '%NotAuthorized%'
  OR error_code LIKE '%AuthorizationError%'
  OR error_code LIKE '%Forbidden%'
GROUP BY
  account_id,
  COALESCE(actor_arn, actor, actor_type),
  event_source,
  event_name
ORDER BY
  refusals DESC,
  who,
  event_name
