-- Which roles were not used for 90 days?
-- Without the roles that AWS services make for themselves. AWS remembers the last use for 400 days. A null that `unavailable_fields` names was not shown.
select
  account_id,
  role_name,
  arn,
  create_date,
  role_last_used_date,
  unavailable_fields
from roles
where not is_service_linked
  and create_date < current_timestamp at time zone 'UTC' - interval '90' day
  and (
    role_last_used_date is null
    or role_last_used_date < current_timestamp at time zone 'UTC' - interval '90' day
  )
order by account_id, role_name
