select
  cast(event_time as date) as day,
  account_id,
  coalesce(actor, actor_user_name, actor_type) as who,
  count(distinct event_id) as failures,
  count(distinct source_ip_address) as addresses
from {{ ref('stg_audit_events') }}
where event_name = 'ConsoleLogin'
  and (
    sign_in_result = 'Failure'
    or {{ json_text(json_of_text('response_elements'), ['ConsoleLogin']) }} = 'Failure'
  )
group by cast(event_time as date), account_id, coalesce(actor, actor_user_name, actor_type)
order by day, failures desc, who
