with identity_center_people as (
  select 'Identity Center user' as kind, {{ identity_center_key('identity_store_id', 'user_id') }} as identity_key, user_name
  from {{ ref('stg_identity_center_users') }}
),
people as (
  select kind, identity_key, user_name from identity_center_people
  union all
  select 'IAM user' as kind, user_id as identity_key, user_name
  from {{ ref('stg_users') }}
  where not coalesce(is_root, false)
),
identity_center_names as (
  {{ person_of_name('identity_center_people') }}
),
names as (
  {{ person_of_name('people') }}
),
events as (
  select
    *,
    {{ regex_group('actor_principal_id', '^([^:]+)') }} as principal,
    {{ regex_group('actor_principal_id', ':([^:]+)$') }} as session_name,
    coalesce(
      {{ regex_group('session_issuer_arn', '([^/]+)$') }}, {{ regex_group('actor_arn', ':assumed-role/([^/]+)/') }}
    ) as role_name,
    coalesce(session_issuer_arn like '%:role/aws-reserved/sso.amazonaws.com/%', false) as is_of_permission_set,
    actor_type = 'Root' and not coalesce(assumed_root, false) as is_root_user,
    -- AWS writes this in the place of a name that does not exist.
    nullif(nullif(coalesce(actor_user_name, actor), 'HIDDEN_DUE_TO_SECURITY_REASONS'), '') as known_name,
    {{ identity_center_key('identity_store_id', 'on_behalf_of_user_id') }} as person_of_store
  from {{ ref('stg_audit_events') }}
),
-- How the person behind an event is known, the surest first. A session of a permission set has the name of its user, which
-- Identity Center sets. That of any other role is what its caller chose.
told as (
  select
    *,
    case
      when on_behalf_of_user_id is not null then 'on_behalf_of'
      when actor_type in ('IAMUser', 'SAMLUser', 'WebIdentityUser') and coalesce(actor_principal_id, known_name) is not null
        then 'caller'
      when is_root_user then 'caller'
      when source_identity is not null then 'source_identity'
      when actor_type = 'FederatedUser' and session_issuer_arn is not null then 'session_issuer'
      when actor_type = 'FederatedUser' then 'caller'
      when is_of_permission_set then 'permission_set_session'
      when actor_type = 'AssumedRole' and not coalesce(assumed_root, false) then 'session_name'
      when actor_type = 'Unknown' and sign_in_user_name is not null then 'sign_in_name'
    end as evidence
  from events
),
-- The names are the keys of joins: a condition beside a key makes some databases compare every row with every other one.
named as (
  select
    t.*,
    case t.evidence when 'source_identity' then t.source_identity when 'session_name' then t.session_name end as any_name,
    case t.evidence
      when 'permission_set_session' then t.session_name when 'sign_in_name' then t.sign_in_user_name
    end as identity_center_name,
    case when t.evidence = 'session_issuer' then t.session_issuer_arn end as issuer_arn
  from told as t
)
select
  e.event_id,
  e.event_time,
  e.account_id,
  e.region,
  e.event_source,
  e.event_name,
  e.event_type,
  e.read_only,
  e.error_code,
  e.error_message,
  case
    when e.actor_type = 'IAMUser' then 'IAM user'
    when e.actor_type = 'Root' then 'root user'
    when e.actor_type = 'AssumedRole' then 'role'
    when e.actor_type = 'IdentityCenterUser' then 'Identity Center user'
    when e.actor_type in ('FederatedUser', 'SAMLUser', 'WebIdentityUser') then 'federated user'
    when e.actor_kind = 'service' then 'AWS service'
    when e.actor_kind = 'account' then 'other account'
    else 'unknown'
  end as identity_kind,
  case
    when e.actor_type = 'AssumedRole' then e.principal
    when e.actor_type = 'Root' then coalesce(e.actor_account_id, e.account_id)
    when e.actor_type = 'IdentityCenterUser' then e.person_of_store
    when e.actor_kind = 'service' then e.actor
    when e.actor_kind = 'account' then coalesce(e.actor_account_id, e.actor)
    when e.actor_type in ('IAMUser', 'FederatedUser', 'SAMLUser', 'WebIdentityUser')
      then coalesce(e.actor_principal_id, e.known_name)
    else e.known_name
  end as identity_key,
  case
    when e.actor_type = 'AssumedRole' then e.role_name
    when e.actor_type = 'Root' then 'root'
    else e.known_name
  end as identity_name,
  e.actor_account_id as identity_account_id,
  case
    when e.evidence = 'on_behalf_of' then 'Identity Center user'
    when e.is_root_user then 'root user'
    when e.evidence = 'caller' and e.actor_type = 'IAMUser' then 'IAM user'
    when e.evidence = 'caller' then 'federated user'
    when e.evidence = 'session_issuer' and u.user_id is not null then 'IAM user'
    when e.evidence = 'session_name' then n.kind
    when e.evidence is not null then coalesce(n.kind, p.kind, 'name only')
  end as person_kind,
  case
    when e.evidence = 'on_behalf_of' then e.person_of_store
    when e.is_root_user then coalesce(e.actor_account_id, e.account_id)
    when e.evidence = 'caller' and e.actor_type = 'IAMUser' then e.actor_principal_id
    when e.evidence = 'session_issuer' then u.user_id
    else coalesce(n.identity_key, p.identity_key)
  end as person_key,
  case
    when e.evidence = 'on_behalf_of' then i.user_name
    when e.is_root_user then 'root'
    when e.evidence = 'caller' then e.known_name
    when e.evidence = 'session_issuer' then coalesce(u.user_name, {{ regex_group('e.issuer_arn', '([^/]+)$') }})
    when e.evidence = 'session_name' then n.user_name
    else coalesce(n.user_name, p.user_name, e.any_name, e.identity_center_name)
  end as person_name,
  case when e.evidence <> 'session_name' or n.identity_key is not null then e.evidence end as person_evidence,
  case when e.actor_type = 'AssumedRole' then e.session_name end as session_name,
  case when e.is_of_permission_set then {{ regex_group('e.role_name', '^AWSReservedSSO_(.+)_[0-9a-f]+$') }} end
    as permission_set_name,
  coalesce(e.assumed_root, false) as is_assumed_root,
  e.access_key_id,
  e.invoked_by,
  e.source_ip_address,
  e.user_agent,
  e.mfa_used,
  e.sign_in_result,
  e.sign_in_user_name,
  e.request_parameters,
  e.response_elements,
  e.additional_event_data,
  e.service_event_details,
  e._airbyte_extracted_at
from named as e
left join names as n on n.name = lower(e.any_name)
left join identity_center_names as p on p.name = lower(e.identity_center_name)
left join {{ ref('stg_identity_center_users') }} as i
  on i.identity_store_id = e.identity_store_id and i.user_id = e.on_behalf_of_user_id
left join {{ ref('stg_users') }} as u on u.arn = e.issuer_arn
