-- When did every person last use each application, account and role?
-- For users of IAM Identity Center: the accounts that they entered in the access portal or with the AWS CLI, what they did there with a role of a permission set (`role_name` is the permission set's), and the applications. AWS documents no name of an application that the portal opens: `application` then has the details of the event, and elsewhere its ARN. Sessions of other roles are told by the source identity that was set when the role was assumed. IAM users and root users have no role. What people do with other services is only there where **Audit Events** is **All Events**. Calls that failed do not count, nor does what AWS services did. Sessions that do not say for whom they act are told by their session name, if one user alone has that name; `user_id` is null for all other names.
WITH names AS (
  SELECT
    LOWER(user_name) AS user_name,
    MAX(identity_store_id) AS identity_store_id,
    MAX(user_id) AS user_id
  FROM identity_center_users
  GROUP BY
    LOWER(user_name)
  HAVING
    COUNT(*) = 1
), calls AS (
  SELECT
    event_time,
    event_source,
    event_name,
    account_id,
    actor,
    actor_type,
    actor_principal_id,
    identity_store_id,
    on_behalf_of_user_id,
    source_identity,
    session_issuer_arn,
    session_issuer_arn LIKE '%:role/aws-reserved/sso.amazonaws.com/%' AS of_permission_set,
    REGEXP_EXTRACT(actor_principal_id, ':(.+)$', 1) AS session_name,
    JSON_EXTRACT_STRING(service_event_details, '$.account_id') AS entered_account_id,
    JSON_EXTRACT_STRING(service_event_details, '$.role_name') AS entered_role_name,
    JSON_EXTRACT_STRING(request_parameters, '$.clientId') AS client_id,
    service_event_details
  FROM audit_events
  WHERE
    error_code IS NULL
    AND COALESCE(sign_in_result, 'Success') = 'Success'
    AND NOT COALESCE(assumed_root, FALSE)
    AND COALESCE(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
), uses AS (
  SELECT
    'Identity Center user' AS kind,
    identity_store_id AS owner_id,
    on_behalf_of_user_id AS user_id,
    CAST(NULL AS TEXT) AS name,
    entered_account_id AS account_id,
    entered_role_name AS role_name,
    CASE WHEN entered_account_id IS NULL THEN service_event_details END AS application,
    event_time
  FROM calls
  WHERE
    event_source = 'sso.amazonaws.com'
    AND event_name IN ('Federate', 'GetRoleCredentials')
    AND NOT on_behalf_of_user_id IS NULL
  UNION ALL
  SELECT
    'Identity Center user' AS kind,
    identity_store_id AS owner_id,
    on_behalf_of_user_id AS user_id,
    CAST(NULL AS TEXT) AS name,
    CAST(NULL AS TEXT) AS account_id,
    CAST(NULL AS TEXT) AS role_name,
    client_id AS application,
    event_time
  FROM calls
  WHERE
    event_source = 'sso-oauth.amazonaws.com'
    AND event_name = 'CreateTokenWithIAM'
    AND NOT on_behalf_of_user_id IS NULL
  UNION ALL
  SELECT
    'Identity Center user' AS kind,
    COALESCE(c.identity_store_id, n.identity_store_id) AS owner_id,
    COALESCE(c.on_behalf_of_user_id, n.user_id) AS user_id,
    c.session_name AS name,
    c.account_id,
    REGEXP_EXTRACT(c.session_issuer_arn, 'AWSReservedSSO_(.+)_[0-9a-f]{16}$', 1) AS role_name,
    CAST(NULL AS TEXT) AS application,
    c.event_time
  FROM calls AS c
  LEFT JOIN names AS n
    ON n.user_name = LOWER(c.session_name) AND c.on_behalf_of_user_id IS NULL
  WHERE
    c.of_permission_set
  UNION ALL
  SELECT
    'source identity' AS kind,
    CAST(NULL AS TEXT) AS owner_id,
    CAST(NULL AS TEXT) AS user_id,
    source_identity AS name,
    account_id,
    REGEXP_EXTRACT(session_issuer_arn, '([^/]+)$', 1) AS role_name,
    CAST(NULL AS TEXT) AS application,
    event_time
  FROM calls
  WHERE
    actor_type = 'AssumedRole' AND NOT source_identity IS NULL AND NOT of_permission_set
  UNION ALL
  SELECT
    CASE WHEN actor_type = 'Root' THEN 'root user' ELSE 'IAM user' END AS kind,
    account_id AS owner_id,
    actor_principal_id AS user_id,
    actor AS name,
    account_id,
    CAST(NULL AS TEXT) AS role_name,
    CAST(NULL AS TEXT) AS application,
    event_time
  FROM calls
  WHERE
    actor_type IN ('IAMUser', 'Root')
)
SELECT
  s.kind,
  s.owner_id AS account_or_identity_store_id,
  s.user_id,
  COALESCE(MAX(u.user_name), MAX(s.name)) AS person,
  s.account_id,
  s.role_name,
  s.application,
  MAX(s.event_time) AS last_used
FROM uses AS s
LEFT JOIN identity_center_users AS u
  ON u.identity_store_id = s.owner_id AND u.user_id = s.user_id
GROUP BY
  s.kind,
  s.owner_id,
  s.user_id,
  CASE WHEN s.user_id IS NULL THEN s.name END,
  s.account_id,
  s.role_name,
  s.application
ORDER BY
  s.kind,
  person,
  s.user_id,
  s.account_id,
  s.role_name,
  s.application
