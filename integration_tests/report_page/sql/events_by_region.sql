-- The 168 hours that end with the newest event.
select date_trunc('hour', event_time) as hour, region, count(*) as events
from stg_audit_events
where event_time >= (select date_trunc('hour', max(event_time)) - interval '167 hours' from stg_audit_events)
group by all
order by hour, region
