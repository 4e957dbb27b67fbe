{{ config(materialized='table') }}

with identities as (
  select
    user_id as identity_key,
    case when is_root then 'root user' else 'IAM user' end as kind,
    account_id,
    cast(null as {{ type_of('text') }}) as identity_store_id,
    user_id as identity_id,
    user_name as name,
    cast(null as {{ type_of('text') }}) as display_name,
    cast(null as {{ type_of('text') }}) as email,
    arn,
    create_date as created_at,
    case
      when password_enabled or access_key_1_active or access_key_2_active then 'enabled'
      when not password_enabled and not access_key_1_active and not access_key_2_active then 'without credentials'
    end as status,
    mfa_active,
    password_enabled,
    password_last_changed,
    access_key_1_active,
    access_key_1_last_rotated,
    access_key_2_active,
    access_key_2_last_rotated,
    password_last_used,
    last_activity_at,
    case when last_activity_source like 'access_key%' then 'access key' else last_activity_source end
      as last_activity_source,
    permissions_boundary_arn,
    cast(null as {{ type_of('text') }}) as permission_set_name,
    false as is_service_linked,
    tags,
    unavailable_fields
  from {{ ref('stg_users') }}
  union all
  select
    role_id as identity_key,
    'role' as kind,
    account_id,
    null as identity_store_id,
    role_id as identity_id,
    role_name as name,
    null as display_name,
    null as email,
    arn,
    create_date as created_at,
    'enabled' as status,
    cast(null as {{ type_of('boolean') }}) as mfa_active,
    cast(null as {{ type_of('boolean') }}) as password_enabled,
    cast(null as {{ type_of('timestamp') }}) as password_last_changed,
    cast(null as {{ type_of('boolean') }}) as access_key_1_active,
    cast(null as {{ type_of('timestamp') }}) as access_key_1_last_rotated,
    cast(null as {{ type_of('boolean') }}) as access_key_2_active,
    cast(null as {{ type_of('timestamp') }}) as access_key_2_last_rotated,
    cast(null as {{ type_of('timestamp') }}) as password_last_used,
    role_last_used_date as last_activity_at,
    'role session' as last_activity_source,
    permissions_boundary_arn,
    permission_set_name,
    is_service_linked,
    tags,
    unavailable_fields
  from {{ ref('stg_roles') }}
  union all
  select
    {{ identity_center_key('u.identity_store_id', 'u.user_id') }} as identity_key,
    'Identity Center user' as kind,
    i.owner_account_id as account_id,
    u.identity_store_id,
    u.user_id as identity_id,
    u.user_name as name,
    u.display_name,
    u.primary_email as email,
    u.user_arn as arn,
    u.created_at,
    lower(u.user_status) as status,
    null as mfa_active,
    null as password_enabled,
    null as password_last_changed,
    null as access_key_1_active,
    null as access_key_1_last_rotated,
    null as access_key_2_active,
    null as access_key_2_last_rotated,
    null as password_last_used,
    null as last_activity_at,
    null as last_activity_source,
    null as permissions_boundary_arn,
    null as permission_set_name,
    false as is_service_linked,
    cast(null as {{ type_of('json') }}) as tags,
    cast(null as {{ type_of('json') }}) as unavailable_fields
  from {{ ref('stg_identity_center_users') }} as u
  left join {{ ref('stg_identity_center_instances') }} as i on i.instance_arn = u.instance_arn
),
{# Names that one user of Identity Center alone has: sessions that do not say for whom they act have them. #}
names as (
  select
    lower(user_name) as user_name,
    min({{ identity_center_key('identity_store_id', 'user_id') }}) as identity_key
  from {{ ref('stg_identity_center_users') }}
  group by lower(user_name)
  having count(*) = 1
),
calls as (
  select
    event_time,
    event_name in ('ConsoleLogin', 'CredentialVerification', 'UserAuthentication', 'Federate')
      and coalesce(sign_in_result, '') = 'Success' as is_sign_in,
    actor_type,
    actor_principal_id,
    {{ dbt.split_part('actor_principal_id', "':'", 1) }} as principal_id,
    on_behalf_of_user_id,
    identity_store_id,
    lower(coalesce(sign_in_user_name, {{ dbt.split_part('actor_principal_id', "':'", 2) }})) as person_name,
    (session_issuer_arn like '%:role/aws-reserved/sso.amazonaws.com/%'
      or (actor_type = 'Unknown' and sign_in_result is not null)) as is_of_person
  from {{ ref('stg_audit_events') }}
  where error_code is null
    and coalesce(sign_in_result, 'Success') = 'Success'
    and not coalesce(assumed_root, false)
    and coalesce(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
),
{# A call through a role of a permission set is one of the role, and one of the person. #}
acts as (
  select principal_id as identity_key, event_time, is_sign_in and actor_type in ('IAMUser', 'Root') as is_sign_in
  from calls
  where actor_type in ('IAMUser', 'Root', 'AssumedRole')
  union all
  select {{ identity_center_key('identity_store_id', 'on_behalf_of_user_id') }}, event_time, is_sign_in
  from calls
  where on_behalf_of_user_id is not null and identity_store_id is not null
  union all
  select n.identity_key, c.event_time, c.is_sign_in
  from calls as c
  inner join names as n on n.user_name = c.person_name
  where c.on_behalf_of_user_id is null and c.is_of_person
),
of_events as (
  select
    identity_key,
    max(case when is_sign_in then event_time end) as last_sign_in_at,
    max(event_time) as last_activity_at
  from acts
  group by identity_key
),
of_services as (
  select identity_id as identity_key, max(last_authenticated) as last_activity_at
  from {{ ref('stg_service_last_accessed') }}
  group by identity_id
),
sign_ins as (
  select identity_key, password_last_used as used_at, 'password last used' as source, 2 as preference from identities
  union all
  select identity_key, last_sign_in_at, 'audit event', 1 from of_events
),
activities as (
  select identity_key, last_activity_at as used_at, last_activity_source as source, 2 as preference from identities
  union all
  select identity_key, last_activity_at, 'audit event', 1 from of_events
  union all
  select identity_key, last_activity_at, 'service last accessed', 3 from of_services
),
last_sign_ins as (
  select
    identity_key,
    used_at,
    source,
    row_number() over (partition by identity_key order by used_at desc, preference) as newest
  from sign_ins
  where used_at is not null
),
last_activities as (
  select
    identity_key,
    used_at,
    source,
    row_number() over (partition by identity_key order by used_at desc, preference) as newest
  from activities
  where used_at is not null
),
devices as (
  select user_id as identity_key, {{ texts_of_group('type') }} as mfa_types
  from {{ ref('stg_mfa_devices') }}
  where user_id is not null
  group by user_id
)
select
  i.identity_key,
  i.kind,
  i.account_id,
  a.account_name,
  i.identity_store_id,
  i.identity_id,
  i.name,
  i.display_name,
  i.email,
  i.arn,
  i.created_at,
  i.status,
  i.mfa_active,
  d.mfa_types,
  i.password_enabled,
  i.password_last_changed,
  case when i.access_key_1_active then 1 when not i.access_key_1_active then 0 end
    + case when i.access_key_2_active then 1 when not i.access_key_2_active then 0 end as active_access_keys,
  case
    when i.access_key_1_active and i.access_key_2_active and i.access_key_2_last_rotated < i.access_key_1_last_rotated
      then i.access_key_2_last_rotated
    when i.access_key_1_active then i.access_key_1_last_rotated
    when i.access_key_2_active then i.access_key_2_last_rotated
  end as oldest_active_access_key_at,
  s.used_at as last_sign_in_at,
  s.source as last_sign_in_source,
  l.used_at as last_activity_at,
  l.source as last_activity_source,
  {{ days_between('coalesce(l.used_at, i.created_at)', now_utc()) }} as inactive_days,
  {{ first_of_tags('i.tags', var('aws_iam_owner_tags')) }} as owner,
  i.permissions_boundary_arn,
  i.permission_set_name,
  i.is_service_linked,
  i.tags,
  i.unavailable_fields
from identities as i
left join {{ ref('stg_accounts') }} as a on a.account_id = i.account_id
left join devices as d on d.identity_key = i.identity_key
left join last_sign_ins as s on s.identity_key = i.identity_key and s.newest = 1
left join last_activities as l on l.identity_key = i.identity_key and l.newest = 1
