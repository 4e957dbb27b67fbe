-- What did the root user do?
-- Nobody should work as root. What AWS services did in its name is left out, and so are sessions of sts:AssumeRoot that AWS marks. What root does in the console is invoked by signin.amazonaws.com.
SELECT DISTINCT
  event_time,
  account_id,
  event_source,
  event_name,
  source_ip_address,
  mfa_used,
  event_id
FROM audit_events
WHERE
  actor_type = 'Root'
  AND NOT COALESCE(assumed_root, FALSE)
  AND COALESCE(event_type, '') <> 'AwsServiceEvent'
  AND COALESCE(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
ORDER BY
  event_time,
  event_id
