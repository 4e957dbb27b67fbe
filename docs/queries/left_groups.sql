-- Who left a group in the last 30 days, and who removed them?
-- A membership that has ended is in no table of the inventory: CloudTrail tells. A user who is deleted leaves all groups first.
SELECT DISTINCT
  event_time,
  account_id,
  JSON_EXTRACT_STRING(request_parameters, '$.groupName') AS group_name,
  JSON_EXTRACT_STRING(request_parameters, '$.userName') AS user_name,
  actor_arn AS removed_by,
  event_id
FROM audit_events
WHERE
  event_source = 'iam.amazonaws.com'
  AND event_name = 'RemoveUserFromGroup'
  AND error_code IS NULL
  AND event_time >= CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '30' DAY
ORDER BY
  event_time,
  group_name,
  user_name,
  event_id
