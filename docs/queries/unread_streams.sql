-- What did the last sync not read, and which permissions would it take?
-- Run it after each sync, and raise an alarm when it has an answer: as long as every table is complete, it has none. Rows that AWS counts otherwise are in it too; something may have been created or deleted meanwhile.
SELECT
  account_id,
  region,
  stream,
  status,
  rows_read,
  rows_comparable,
  rows_counted_by_aws,
  missing_action,
  error
FROM sync_coverage
WHERE
  status IN ('partial', 'denied', 'failed')
  OR rows_comparable <> rows_counted_by_aws
ORDER BY
  account_id,
  region,
  stream
