{{ config(materialized='table') }}

{# Of one use or permission each: a person, and an account with the role or permission set, or an application. #}
{% set grain = ['person_kind', 'person_key', 'person_name', 'account_id', 'role_name', 'application'] %}
with calls as (
  select
    *,
    {{ json_of_text('service_event_details') }} as entered,
    {{ json_of_text('request_parameters') }} as request
  from {{ ref('event_actors') }}
  where
    person_kind is not null
    and error_code is null
    and coalesce(sign_in_result, 'Success') = 'Success'
    -- What an AWS service did in somebody's name is no use; the console is one that a person sits at.
    and coalesce(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
),
entries as (
  select
    person_kind, person_key, person_name,
    {{ json_text('entered', ['account_id']) }} as account_id,
    {{ json_text('entered', ['role_name']) }} as role_name,
    -- AWS documents no name of an application that the portal opens.
    case when {{ json_text('entered', ['account_id']) }} is null then service_event_details end as application,
    event_time as used_at,
    'portal' as source
  from calls
  where event_source = 'sso.amazonaws.com' and event_name in ('Federate', 'GetRoleCredentials')
),
application_tokens as (
  select
    person_kind, person_key, person_name,
    cast(null as {{ type_of('text') }}) as account_id,
    cast(null as {{ type_of('text') }}) as role_name,
    {{ json_text('request', ['clientId']) }} as application,
    event_time as used_at,
    'application token' as source
  from calls
  where
    event_source = 'sso-oauth.amazonaws.com' and event_name = 'CreateTokenWithIAM'
    and person_evidence = 'on_behalf_of'
),
calls_in_accounts as (
  select
    person_kind, person_key, person_name,
    account_id,
    case when identity_kind = 'role' then coalesce(permission_set_name, identity_name) end as role_name,
    cast(null as {{ type_of('text') }}) as application,
    event_time as used_at,
    case when sign_in_result is not null then 'sign-in' else 'audit event' end as source
  from calls
  where identity_kind in ('IAM user', 'root user', 'role') and event_source <> 'sso-oauth.amazonaws.com'
),
users as (
  select
    case when is_root then 'root user' else 'IAM user' end as person_kind,
    user_id as person_key,
    case when is_root then 'root' else user_name end as person_name,
    account_id,
    arn,
    password_last_used,
    {{ greatest_of(['access_key_1_last_used_date', 'access_key_2_last_used_date']) }} as key_last_used
  from {{ ref('stg_users') }}
),
credentials as (
  select *, password_last_used as used_at, 'password' as source from users
  union all
  select *, key_last_used as used_at, 'access key' as source from users
  union all
  select u.*, k.last_used_date as used_at, 'access key' as source
  from users as u
  inner join {{ ref('stg_access_keys') }} as k on k.user_id = u.person_key
  union all
  select u.*, a.last_authenticated as used_at, 'service last accessed' as source
  from users as u
  inner join {{ ref('stg_service_last_accessed') }} as a on a.account_id = u.account_id and a.identity_arn = u.arn
),
assigned_to_accounts as (
  select
    a.principal_type, a.principal_id, i.identity_store_id,
    a.target_account_id as account_id,
    a.permission_set_name as role_name,
    cast(null as {{ type_of('text') }}) as application
  from {{ ref('stg_account_assignments') }} as a
  inner join {{ ref('stg_identity_center_instances') }} as i on i.instance_arn = a.instance_arn
),
assigned as (
  select * from assigned_to_accounts
  union all
  select
    a.principal_type, a.principal_id, i.identity_store_id,
    cast(null as {{ type_of('text') }}) as account_id,
    cast(null as {{ type_of('text') }}) as role_name,
    a.application_arn as application
  from {{ ref('stg_application_assignments') }} as a
  inner join {{ ref('stg_identity_center_instances') }} as i on i.instance_arn = a.instance_arn
),
members as (
  select identity_store_id, 'USER' as principal_type, user_id as principal_id, user_id, cast(null as {{ type_of('text') }}) as group_name
  from {{ ref('stg_identity_center_users') }}
  union all
  select identity_store_id, 'GROUP' as principal_type, group_id as principal_id, user_id, group_name
  from {{ ref('stg_identity_center_group_members') }}
),
permissions as (
  select
    'Identity Center user' as person_kind,
    {{ identity_center_key('m.identity_store_id', 'm.user_id') }} as person_key,
    u.user_name as person_name,
    a.account_id,
    a.role_name,
    a.application,
    coalesce('group ' || m.group_name, case when m.principal_type = 'GROUP' then 'a group' else 'directly' end) as assigned_through
  from assigned as a
  inner join members as m
    on m.identity_store_id = a.identity_store_id
    and m.principal_type = a.principal_type
    and m.principal_id = a.principal_id
  left join {{ ref('stg_identity_center_users') }} as u
    on u.identity_store_id = m.identity_store_id and u.user_id = m.user_id
),
uses as (
  {%- for relation in ['entries', 'application_tokens', 'calls_in_accounts'] %}
  select {{ grain | join(', ') }}, used_at, source, cast(null as {{ type_of('text') }}) as assigned_through
  from {{ relation }}
  union all
  {%- endfor %}
  -- A user may be in its account, whether it has been or not.
  select
    person_kind, person_key, person_name, account_id,
    cast(null as {{ type_of('text') }}) as role_name,
    cast(null as {{ type_of('text') }}) as application,
    used_at, source, 'its account' as assigned_through
  from credentials
  union all
  select
    {{ grain | join(', ') }},
    cast(null as {{ type_of('timestamp') }}) as used_at,
    cast(null as {{ type_of('text') }}) as source,
    assigned_through
  from permissions
),
-- A person who is known by a name only is told by it; the name of any other may have changed.
keyed as (
  select
    *,
    {{ hash_key([
      'person_kind', 'person_key', 'case when person_key is null then person_name end',
      'account_id', 'role_name', 'application'
    ]) }} as last_access_id
  from uses
),
ranked as (
  select
    *,
    row_number() over (
      partition by last_access_id
      order by case when used_at is null then 1 else 0 end, used_at desc, source
    ) as newest
  from keyed
),
summed as (
  select
    last_access_id,
    max(person_name) as person_name,
    {{ texts_of_group('assigned_through') }} as assigned_through
  from keyed
  group by last_access_id
),
-- Since when all events of an account are there: a null last_used_at says nothing of the time before.
observed as (
  select
    account_id,
    case when count(*) = count(complete_since) then max(complete_since) end as events_since
  from {{ ref('stg_sync_coverage') }}
  where stream = 'audit_events' and status <> 'not_enabled'
  group by account_id
)
select
  r.last_access_id,
  r.person_kind,
  r.person_key,
  s.person_name,
  r.account_id,
  r.role_name,
  r.application,
  s.assigned_through is not null as is_assigned,
  s.assigned_through,
  r.used_at as last_used_at,
  case when r.used_at is not null then r.source end as last_used_source,
  {{ days_between('r.used_at', now_utc()) }} as days_since_use,
  o.events_since
from ranked as r
inner join summed as s on s.last_access_id = r.last_access_id
left join observed as o on o.account_id = r.account_id
where r.newest = 1
