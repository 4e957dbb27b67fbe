-- What did an actor do?
-- For a user its ARN. A role is found by `session_issuer_arn`, whoever used it and under which session name.
select distinct
  event_time,
  account_id,
  aws_region,
  event_source,
  event_name,
  source_ip_address,
  error_code,
  event_id
from audit_events
where 'arn:aws:iam::123456789012:role/deploy' in (actor_arn, session_issuer_arn)
order by event_time, event_id
