-- What did the root user do?
-- Nobody should work as root. What AWS services did in its name is left out.
SELECT DISTINCT
  event_time,
  account_id,
  event_source,
  event_name,
  source_ip_address,
  mfa_authenticated,
  event_id
FROM audit_events
WHERE
  actor_type = 'Root'
  AND event_type <> 'AwsServiceEvent'
  AND JSON_EXTRACT_STRING(user_identity, '$.invokedBy') IS NULL
ORDER BY
  event_time,
  event_id
