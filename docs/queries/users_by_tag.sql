-- Which team has how many users, by their tags?
-- `team` stands for the key of your tag. One row counts users without it, and another one, with `tags_unavailable`, those whose tags AWS did not show.
with tagged as (
  select
    account_id,
    json_extract_string(tags, '$.team') as team,
    coalesce(list_contains(cast(unavailable_fields as text[]), 'tags'), false) as tags_unavailable
  from users
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
