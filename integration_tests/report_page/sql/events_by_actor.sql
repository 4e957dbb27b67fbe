-- All sessions of a role count as the role. Callers without an ARN go by what else CloudTrail says of them.
with week as (
  select
    date_trunc('hour', event_time) as hour,
    coalesce(
      session_issuer_arn, actor_arn, user_identity ->> 'invokedBy',
      actor_type || ' of account ' || actor_account_id, actor_type, 'unknown'
    ) as actor
  from stg_audit_events
  where event_time >= (select date_trunc('hour', max(event_time)) - interval '167 hours' from stg_audit_events)
),
busiest as (
  select actor, count(*) as total from week group by actor order by total desc, actor limit 10
)
select hour, actor, count(*) as events
from week join busiest using (actor)
group by hour, actor, total
order by total desc, actor, hour
