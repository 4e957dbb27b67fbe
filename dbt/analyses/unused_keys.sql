select
  account_id,
  user_name,
  access_key_id,
  create_date,
  last_used_date,
  unavailable_fields
from {{ ref('stg_access_keys') }}
where status = 'Active'
  and create_date < {{ days_ago(90) }}
  and (
    last_used_date is null
    or last_used_date < {{ days_ago(90) }}
  )
order by create_date, access_key_id
