-- Which team has how many users, by their tags?
-- `team` stands for the key of your tag. A row of its own counts users without it.
SELECT
  account_id,
  JSON_EXTRACT_STRING(tags, '$.team') AS team,
  COUNT(*) AS user_count
FROM users
WHERE
  NOT is_root
GROUP BY
  account_id,
  JSON_EXTRACT_STRING(tags, '$.team')
ORDER BY
  account_id,
  user_count DESC
