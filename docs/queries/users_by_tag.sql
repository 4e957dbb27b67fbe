-- Which team has how many users, by their tags?
-- `team` stands for the key of your tag. One row counts users without it, and another one, with `tags_unavailable`, those whose tags AWS did not show.
WITH tagged AS (
  SELECT
    account_id,
    JSON_EXTRACT_STRING(tags, '$.team') AS team,
    COALESCE(LIST_CONTAINS(CAST(unavailable_fields AS TEXT[]), 'tags'), FALSE) AS tags_unavailable
  FROM users
  WHERE
    NOT is_root
)
SELECT
  account_id,
  team,
  tags_unavailable,
  COUNT(*) AS user_count
FROM tagged
GROUP BY
  account_id,
  team,
  tags_unavailable
ORDER BY
  account_id,
  user_count DESC,
  team,
  tags_unavailable
