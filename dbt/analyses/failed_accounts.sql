select
  account_id,
  account_name,
  state,
  read_status,
  read_error
from {{ ref('stg_accounts') }}
where read_status in ('failed', 'partial')
order by account_id
