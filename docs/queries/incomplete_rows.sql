-- Which columns could AWS not show us?
-- Look here before you trust a null. Each column that AWS denied, with the number of its rows. The same works with every stream that has `unavailable_fields`.
SELECT
  u.account_id,
  'users' AS stream,
  f.field AS field,
  COUNT(*) AS incomplete_rows
FROM users AS u
CROSS JOIN UNNEST(CAST(u.unavailable_fields AS TEXT[])) AS f(field)
GROUP BY
  u.account_id,
  f.field
UNION ALL
SELECT
  r.account_id,
  'roles' AS stream,
  f.field AS field,
  COUNT(*) AS incomplete_rows
FROM roles AS r
CROSS JOIN UNNEST(CAST(r.unavailable_fields AS TEXT[])) AS f(field)
GROUP BY
  r.account_id,
  f.field
ORDER BY
  account_id,
  stream,
  field
