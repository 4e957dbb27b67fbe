-- Which access keys were not used for 90 days?
-- Active keys that are at least 90 days old. Where `unavailable_fields` names `last_used_date`, AWS did not show the last use, and null does not mean never.
SELECT
  account_id,
  user_name,
  access_key_id,
  create_date,
  last_used_date,
  unavailable_fields
FROM access_keys
WHERE
  status = 'Active'
  AND create_date < CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '90' DAY
  AND (
    last_used_date IS NULL
    OR last_used_date < CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '90' DAY
  )
ORDER BY
  create_date,
  access_key_id
