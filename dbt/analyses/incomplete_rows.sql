select
  u.account_id,
  'users' as stream,
  {{ item_text('f') }} as field,
  count(*) as incomplete_rows
from {{ ref('stg_users') }} as u
{{ unnest_json('u.unavailable_fields', 'f') }}
group by u.account_id, {{ item_text('f') }}
union all
select
  r.account_id,
  'roles' as stream,
  {{ item_text('f') }} as field,
  count(*) as incomplete_rows
from {{ ref('stg_roles') }} as r
{{ unnest_json('r.unavailable_fields', 'f') }}
group by r.account_id, {{ item_text('f') }}
order by account_id, stream, field
