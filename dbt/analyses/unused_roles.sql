select
  account_id,
  role_name,
  arn,
  create_date,
  role_last_used_date,
  unavailable_fields
from {{ ref('stg_roles') }}
where not is_service_linked
  and create_date < {{ days_ago(90) }}
  and (
    role_last_used_date is null
    or role_last_used_date < {{ days_ago(90) }}
  )
order by account_id, role_name
