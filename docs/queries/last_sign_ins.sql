-- When did every person last sign in?
-- IAM users, root users and users of IAM Identity Center, those included who never signed in: their `last_sign_in` is null. Only events that were read count: CloudTrail lists 90 days, and AWS records sign-ins in several Regions. `password_last_used` of IAM users reaches further back. `how` is the last step that succeeded: of a user of Identity Center that may be one on the way (`CredentialVerification`), or the entry into an account or application (`Federate`, `ConsoleLogin`). `mfa_used` is then that of the last `UserAuthentication`, and null where an external identity provider signed the user in. Sessions of roles that do not say for whom they act are told by their session name, if one user alone has that name.
WITH persons AS (
  SELECT
    CASE WHEN is_root THEN 'root user' ELSE 'IAM user' END AS kind,
    account_id AS owner_id,
    user_id,
    user_name
  FROM users
  UNION ALL
  SELECT
    'Identity Center user' AS kind,
    identity_store_id AS owner_id,
    user_id,
    user_name
  FROM identity_center_users
), names AS (
  SELECT
    LOWER(user_name) AS user_name,
    MAX(identity_store_id) AS identity_store_id,
    MAX(user_id) AS user_id
  FROM identity_center_users
  GROUP BY
    LOWER(user_name)
  HAVING
    COUNT(*) = 1
), succeeded AS (
  SELECT
    event_id,
    event_time,
    event_name,
    account_id,
    actor_type,
    actor_principal_id,
    session_issuer_arn,
    identity_store_id,
    on_behalf_of_user_id,
    LOWER(COALESCE(sign_in_user_name, REGEXP_EXTRACT(actor_principal_id, ':(.+)$', 1))) AS user_name,
    CASE WHEN session_issuer_arn IS NULL THEN mfa_used END AS mfa_used,
    source_ip_address
  FROM audit_events
  WHERE
    event_source IN ('signin.amazonaws.com', 'sso.amazonaws.com')
    AND event_name IN ('ConsoleLogin', 'CredentialVerification', 'UserAuthentication', 'Federate')
    AND sign_in_result = 'Success'
), sign_ins AS (
  SELECT
    account_id AS owner_id,
    actor_principal_id AS user_id,
    event_id,
    event_time,
    event_name,
    mfa_used,
    source_ip_address
  FROM succeeded
  WHERE
    actor_type IN ('IAMUser', 'Root') AND on_behalf_of_user_id IS NULL
  UNION ALL
  SELECT
    identity_store_id AS owner_id,
    on_behalf_of_user_id AS user_id,
    event_id,
    event_time,
    event_name,
    mfa_used,
    source_ip_address
  FROM succeeded
  WHERE
    NOT on_behalf_of_user_id IS NULL
  UNION ALL
  SELECT
    n.identity_store_id AS owner_id,
    n.user_id,
    s.event_id,
    s.event_time,
    s.event_name,
    s.mfa_used,
    s.source_ip_address
  FROM succeeded AS s
  JOIN names AS n
    ON n.user_name = s.user_name
  WHERE
    s.on_behalf_of_user_id IS NULL
    AND (
      s.actor_type = 'Unknown'
      OR s.session_issuer_arn LIKE '%:role/aws-reserved/sso.amazonaws.com/%'
    )
), ranked AS (
  SELECT
    owner_id,
    user_id,
    event_time,
    event_name,
    mfa_used,
    source_ip_address,
    ROW_NUMBER() OVER (PARTITION BY owner_id, user_id ORDER BY event_time DESC, event_id) AS newest,
    ROW_NUMBER() OVER (
      PARTITION BY owner_id, user_id
      ORDER BY
        CASE WHEN event_name = 'UserAuthentication' THEN 0 ELSE 1 END,
        event_time DESC,
        event_id
    ) AS newest_authentication
  FROM sign_ins
)
SELECT
  p.kind,
  p.owner_id AS account_or_identity_store_id,
  p.user_id,
  p.user_name,
  l.event_time AS last_sign_in,
  l.event_name AS how,
  a.mfa_used,
  l.source_ip_address,
  u.password_last_used
FROM persons AS p
LEFT JOIN users AS u
  ON u.account_id = p.owner_id AND u.user_id = p.user_id AND p.kind <> 'Identity Center user'
LEFT JOIN ranked AS l
  ON l.owner_id = p.owner_id AND l.user_id = p.user_id AND l.newest = 1
LEFT JOIN ranked AS a
  ON a.owner_id = p.owner_id AND a.user_id = p.user_id AND a.newest_authentication = 1
ORDER BY
  p.kind,
  p.owner_id,
  p.user_name,
  p.user_id
