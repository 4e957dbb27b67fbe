with keys as (
  select
    coalesce(status, 'Status unknown') as status,
    date_sub('day', create_date, now() at time zone 'utc') as days
  from stg_access_keys
),
aged as (
  select
    case
      when days is null then 'Unknown: not readable'
      when days <= 30 then '0–30 days'
      when days <= 90 then '31–90 days'
      when days <= 365 then '91–365 days'
      else 'Over 365 days'
    end as age,
    status
  from keys
)
select age, status, count(*) as access_keys
from aged
group by age, status
order by
  list_position(['0–30 days', '31–90 days', '91–365 days', 'Over 365 days', 'Unknown: not readable'], age),
  list_position(['Active', 'Inactive', 'Expired', 'Status unknown'], status)
