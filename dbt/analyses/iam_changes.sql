select
  account_id,
  coalesce(actor_arn, actor, actor_type) as who,
  event_name,
  count(distinct event_id) as changes,
  max(event_time) as last_change
from {{ ref('stg_audit_events') }}
where event_source = 'iam.amazonaws.com'
  and not coalesce(read_only, false)
  and error_code is null
  and event_time >= {{ days_ago(7) }}
group by account_id, coalesce(actor_arn, actor, actor_type), event_name
order by changes desc, who, event_name
