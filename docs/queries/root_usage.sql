-- What did the root user do?
-- Nobody should work as root. What AWS services did in its name is left out, and so are sessions of sts:AssumeRoot that AWS marks. What root does in the console is invoked by signin.amazonaws.com.
select distinct
  event_time,
  account_id,
  event_source,
  event_name,
  source_ip_address,
  mfa_used,
  event_id
from audit_events
where actor_type = 'Root'
  and not coalesce(assumed_root, false)
  and coalesce(event_type, '') <> 'AwsServiceEvent'
  and coalesce(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
order by event_time, event_id
