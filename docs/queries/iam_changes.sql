-- Who changed IAM in the last week?
-- One row for each actor and action. What AWS refused has an `error_code` and is left out.
select
  account_id,
  coalesce(actor_arn, actor, actor_type) as who,
  event_name,
  count(distinct event_id) as changes,
  max(event_time) as last_change
from audit_events
where event_source = 'iam.amazonaws.com'
  and not coalesce(read_only, false)
  and error_code is null
  and event_time >= current_timestamp at time zone 'UTC' - interval '7' day
group by account_id, coalesce(actor_arn, actor, actor_type), event_name
order by changes desc, who, event_name
