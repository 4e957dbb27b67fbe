-- What did an actor do?
-- For a user its ARN. A role is found by `session_issuer_arn`, whoever used it and under which session name.
SELECT DISTINCT
  event_time,
  account_id,
  aws_region,
  event_source,
  event_name,
  source_ip_address,
  error_code,
  event_id
FROM audit_events
WHERE
  'arn:aws:iam::123456789012:role/deploy' IN (actor_arn, session_issuer_arn)
ORDER BY
  event_time,
  event_id
