-- Which accounts could not be read, or not completely, in the last sync?
-- Rows of a failed one are missing in other tables, or are those of an earlier sync. A partial one lacks audit events only.
select
  account_id,
  account_name,
  state,
  read_status,
  read_error
from accounts
where read_status in ('failed', 'partial')
order by account_id
