-- Which roles were not used for 90 days?
-- Without the roles that AWS services make for themselves. AWS remembers the last use for 400 days. A null that `unavailable_fields` names was not shown.
SELECT
  account_id,
  role_name,
  arn,
  create_date,
  role_last_used_date,
  unavailable_fields
FROM roles
WHERE
  NOT is_service_linked
  AND create_date < CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '90' DAY
  AND (
    role_last_used_date IS NULL
    OR role_last_used_date < CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '90' DAY
  )
ORDER BY
  account_id,
  role_name
