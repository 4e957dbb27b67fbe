select distinct
  event_time,
  account_id,
  {{ json_text(json_of_text('request_parameters'), ['groupName']) }} as group_name,
  {{ json_text(json_of_text('request_parameters'), ['userName']) }} as user_name,
  actor_arn as removed_by,
  event_id
from {{ ref('stg_audit_events') }}
where event_source = 'iam.amazonaws.com'
  and event_name = 'RemoveUserFromGroup'
  and error_code is null
  and event_time >= {{ days_ago(30) }}
order by event_time, group_name, user_name, event_id
