select
  case when is_absence_known then 'AWS counts other rows' else status end as gap,
  stream,
  coalesce(account_name, account_id, 'any') as account,
  region,
  rows_read,
  rows_counted_by_aws,
  complete_since,
  complete_through,
  missing_action,
  error
from coverage
where not is_absence_known or is_count_different
order by is_absence_known, stream, account, region
