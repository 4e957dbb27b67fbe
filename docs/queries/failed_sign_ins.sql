-- How many sign-ins to the console failed, day by day?
-- AWS records sign-ins in several Regions: read them all, or the count is too low. Names that do not exist come as HIDDEN_DUE_TO_SECURITY_REASONS, because people type passwords into that field.
SELECT
  CAST(event_time AS DATE) AS day,
  account_id,
  COALESCE(actor, actor_user_name, actor_type) AS who,
  COUNT(DISTINCT event_id) AS failures,
  COUNT(DISTINCT source_ip_address) AS addresses
FROM audit_events
WHERE
  event_name = 'ConsoleLogin'
  AND (
    sign_in_result = 'Failure'
    OR JSON_EXTRACT_STRING(response_elements, '$.ConsoleLogin') = 'Failure'
  )
GROUP BY
  CAST(event_time AS DATE),
  account_id,
  COALESCE(actor, actor_user_name, actor_type)
ORDER BY
  day,
  failures DESC,
  who
