select distinct
  event_time,
  account_id,
  event_source,
  event_name,
  source_ip_address,
  mfa_used,
  event_id
from {{ ref('stg_audit_events') }}
where actor_type = 'Root'
  and not coalesce(assumed_root, false)
  and coalesce(event_type, '') <> 'AwsServiceEvent'
  and coalesce(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
order by event_time, event_id
