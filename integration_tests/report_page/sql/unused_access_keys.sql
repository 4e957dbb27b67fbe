with keys as (
  select
    *,
    coalesce(json_contains(unavailable_fields, '"last_used_date"'), false) as use_unknown,
    now() at time zone 'utc' as today
  from access_keys
  where status is distinct from 'Inactive' and status is distinct from 'Expired'
)
select
  case
    when use_unknown then 'last use unknown'
    when last_used_date is null then 'never used'
    else 'not used for 90 days'
  end as finding,
  k.access_key_id,
  k.user_name,
  date_sub('day', k.create_date, today) as age_in_days,
  case
    when use_unknown then 'unknown'
    else coalesce(date_sub('day', k.last_used_date, today)::varchar, 'never')
  end as days_since_use,
  case when use_unknown then 'unknown' else coalesce(k.last_used_service, 'none') end as last_service,
  k.user_arn
from keys k
where use_unknown or last_used_date is null or last_used_date < today - interval '90 days'
order by use_unknown, coalesce(last_used_date, create_date), access_key_id
