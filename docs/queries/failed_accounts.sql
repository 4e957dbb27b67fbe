-- Which accounts could not be read in the last sync?
-- Their rows are missing in the other tables, or are those of an earlier sync.
SELECT
  account_id,
  account_name,
  state,
  read_error
FROM accounts
WHERE
  read_status = 'failed'
ORDER BY
  account_id
