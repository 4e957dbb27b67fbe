select distinct
  event_time,
  account_id,
  aws_region,
  event_source,
  event_name,
  source_ip_address,
  error_code,
  event_id
from {{ ref('stg_audit_events') }}
where 'arn:aws:iam::123456789012:role/deploy' in (actor_arn, session_issuer_arn)
order by event_time, event_id
