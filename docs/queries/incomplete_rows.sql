-- Which columns could AWS not show us?
-- Look here before you trust a null. Each column that AWS denied, with the number of its rows. The same works with every stream that has `unavailable_fields`.
select
  u.account_id,
  'users' as stream,
  f.item as field,
  count(*) as incomplete_rows
from users as u
cross join unnest(cast(u.unavailable_fields as text[])) as f(item)
group by u.account_id, f.item
union all
select
  r.account_id,
  'roles' as stream,
  f.item as field,
  count(*) as incomplete_rows
from roles as r
cross join unnest(cast(r.unavailable_fields as text[])) as f(item)
group by r.account_id, f.item
order by account_id, stream, field
