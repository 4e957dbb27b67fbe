-- Who left a group in the last 30 days, and who removed them?
-- A membership that has ended is in no table of the inventory: CloudTrail tells. A user who is deleted leaves all groups first.
select distinct
  event_time,
  account_id,
  json_extract_string(request_parameters, '$.groupName') as group_name,
  json_extract_string(request_parameters, '$.userName') as user_name,
  actor_arn as removed_by,
  event_id
from audit_events
where event_source = 'iam.amazonaws.com'
  and event_name = 'RemoveUserFromGroup'
  and error_code is null
  and event_time >= current_timestamp at time zone 'UTC' - interval '30' day
order by event_time, group_name, user_name, event_id
