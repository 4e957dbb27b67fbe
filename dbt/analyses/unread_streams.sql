select
  account_id,
  region,
  stream,
  status,
  rows_read,
  rows_comparable,
  rows_counted_by_aws,
  missing_action,
  error
from {{ ref('stg_sync_coverage') }}
where status in ('partial', 'denied', 'failed')
  or rows_comparable <> rows_counted_by_aws
order by account_id, region, stream
