with aged as (
  select
    case when is_service_linked then 'role of an AWS service' else kind end as kind,
    case
      when last_activity_at is null then 'no activity known'
      when inactive_days <= 30 then 'within 30 days'
      when inactive_days <= 90 then '31 to 90 days ago'
      when inactive_days <= 365 then '91 to 365 days ago'
      else 'longer ago'
    end as last_activity
  from identities
)
select kind, last_activity, count(*) as identities
from aged
group by kind, last_activity
order by sum(count(*)) over (partition by kind) desc, kind, last_activity
