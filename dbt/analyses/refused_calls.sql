select
  account_id,
  coalesce(actor_arn, actor, actor_type) as who,
  event_source,
  event_name,
  count(distinct event_id) as refusals
from {{ ref('stg_audit_events') }}
where error_code like '%AccessDenied%'
  or error_code like '%Unauthorized%'
  or error_code like '%NotAuthorized%'
  or error_code like '%AuthorizationError%'
  or error_code like '%Forbidden%'
group by account_id, coalesce(actor_arn, actor, actor_type), event_source, event_name
order by refusals desc, who, event_name
