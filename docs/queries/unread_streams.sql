-- What did the last sync not read, and which permissions would it take?
-- Run it after each sync, and raise an alarm when it has an answer: as long as every table is complete, it has none. Rows that AWS counts otherwise are in it too; something may have been created or deleted meanwhile.
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
from sync_coverage
where status in ('partial', 'denied', 'failed')
  or rows_comparable <> rows_counted_by_aws
order by account_id, region, stream
