-- How many sign-ins to the console failed, day by day?
-- AWS records sign-ins in several Regions: read them all, or the count is too low. Names that do not exist come as HIDDEN_DUE_TO_SECURITY_REASONS, because people type passwords into that field.
select
  cast(event_time as date) as day,
  account_id,
  coalesce(actor, actor_user_name, actor_type) as who,
  count(distinct event_id) as failures,
  count(distinct source_ip_address) as addresses
from audit_events
where event_name = 'ConsoleLogin'
  and (
    sign_in_result = 'Failure'
    or json_extract_string(response_elements, '$.ConsoleLogin') = 'Failure'
  )
group by cast(event_time as date), account_id, coalesce(actor, actor_user_name, actor_type)
order by day, failures desc, who
