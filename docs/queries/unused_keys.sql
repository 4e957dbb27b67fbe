-- Which access keys were not used for 90 days?
-- Active keys that are at least 90 days old. Where `unavailable_fields` names `last_used_date`, AWS did not show the last use, and null does not mean never.
select
  account_id,
  user_name,
  access_key_id,
  create_date,
  last_used_date,
  unavailable_fields
from access_keys
where status = 'Active'
  and create_date < current_timestamp at time zone 'UTC' - interval '90' day
  and (
    last_used_date is null
    or last_used_date < current_timestamp at time zone 'UTC' - interval '90' day
  )
order by create_date, access_key_id
