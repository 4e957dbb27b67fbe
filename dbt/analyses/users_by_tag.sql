with tagged as (
  select
    account_id,
    {{ json_text('tags', ['team']) }} as team,
    coalesce({{ json_array_has('unavailable_fields', "'tags'") }}, false) as tags_unavailable
  from {{ ref('stg_users') }}
  where not is_root
)
select
  account_id,
  team,
  tags_unavailable,
  count(*) as user_count
from tagged
group by account_id, team, tags_unavailable
order by account_id, user_count desc, team, tags_unavailable
