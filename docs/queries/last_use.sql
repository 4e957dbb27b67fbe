-- When did every person last use each application, account and role?
-- For users of IAM Identity Center: the accounts that they entered in the access portal or with the AWS CLI, what they did there with a role of a permission set (`role_name` is the permission set's), and the applications. AWS documents no name of an application that the portal opens: `application` then has the details of the event, and elsewhere its ARN. Sessions of other roles are told by the source identity that was set when the role was assumed. IAM users and root users have no role. What people do with other services is only there where **Audit Events** is **All Events**. Calls that failed do not count, nor does what AWS services did. Sessions that do not say for whom they act are told by their session name, if one user alone has that name; `user_id` is null for all other names.
with names as (
  select
    lower(user_name) as user_name,
    max(identity_store_id) as identity_store_id,
    max(user_id) as user_id
  from identity_center_users
  group by lower(user_name)
  having count(*) = 1
),
calls as (
  select
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
    session_issuer_arn like '%:role/aws-reserved/sso.amazonaws.com/%' as of_permission_set,
    regexp_extract(actor_principal_id, ':(.+)$', 1) as session_name,
    json_extract_string(service_event_details, '$.account_id') as entered_account_id,
    json_extract_string(service_event_details, '$.role_name') as entered_role_name,
    json_extract_string(request_parameters, '$.clientId') as client_id,
    service_event_details
  from audit_events
  where error_code is null
    and coalesce(sign_in_result, 'Success') = 'Success'
    and not coalesce(assumed_root, false)
    and coalesce(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
),
uses as (
  select
    'Identity Center user' as kind,
    identity_store_id as owner_id,
    on_behalf_of_user_id as user_id,
    cast(null as text) as name,
    entered_account_id as account_id,
    entered_role_name as role_name,
    case when entered_account_id is null then service_event_details end as application,
    event_time
  from calls
  where event_source = 'sso.amazonaws.com'
    and event_name in ('Federate', 'GetRoleCredentials')
    and on_behalf_of_user_id is not null
  union all
  select
    'Identity Center user' as kind,
    identity_store_id as owner_id,
    on_behalf_of_user_id as user_id,
    cast(null as text) as name,
    cast(null as text) as account_id,
    cast(null as text) as role_name,
    client_id as application,
    event_time
  from calls
  where event_source = 'sso-oauth.amazonaws.com'
    and event_name = 'CreateTokenWithIAM'
    and on_behalf_of_user_id is not null
  union all
  select
    'Identity Center user' as kind,
    coalesce(c.identity_store_id, n.identity_store_id) as owner_id,
    coalesce(c.on_behalf_of_user_id, n.user_id) as user_id,
    c.session_name as name,
    c.account_id,
    regexp_extract(c.session_issuer_arn, 'AWSReservedSSO_(.+)_[0-9a-f]{16}$', 1) as role_name,
    cast(null as text) as application,
    c.event_time
  from calls as c
  left join names as n on n.user_name = lower(c.session_name) and c.on_behalf_of_user_id is null
  where c.of_permission_set
  union all
  select
    'source identity' as kind,
    cast(null as text) as owner_id,
    cast(null as text) as user_id,
    source_identity as name,
    account_id,
    regexp_extract(session_issuer_arn, '([^/]+)$', 1) as role_name,
    cast(null as text) as application,
    event_time
  from calls
  where actor_type = 'AssumedRole' and source_identity is not null and not of_permission_set
  union all
  select
    case when actor_type = 'Root' then 'root user' else 'IAM user' end as kind,
    account_id as owner_id,
    actor_principal_id as user_id,
    actor as name,
    account_id,
    cast(null as text) as role_name,
    cast(null as text) as application,
    event_time
  from calls
  where actor_type in ('IAMUser', 'Root')
)
select
  s.kind,
  s.owner_id as account_or_identity_store_id,
  s.user_id,
  coalesce(max(u.user_name), max(s.name)) as person,
  s.account_id,
  s.role_name,
  s.application,
  max(s.event_time) as last_used
from uses as s
left join identity_center_users as u
  on u.identity_store_id = s.owner_id and u.user_id = s.user_id
group by
  s.kind,
  s.owner_id,
  s.user_id,
  case when s.user_id is null then s.name end,
  s.account_id,
  s.role_name,
  s.application
order by s.kind, person, s.user_id, s.account_id, s.role_name, s.application
