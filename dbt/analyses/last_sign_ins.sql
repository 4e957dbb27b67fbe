with persons as (
  select
    case when is_root then 'root user' else 'IAM user' end as kind,
    account_id as owner_id,
    user_id,
    user_name
  from {{ ref('stg_users') }}
  union all
  select
    'Identity Center user' as kind,
    identity_store_id as owner_id,
    user_id,
    user_name
  from {{ ref('stg_identity_center_users') }}
),
names as (
  select
    lower(user_name) as user_name,
    max(identity_store_id) as identity_store_id,
    max(user_id) as user_id
  from {{ ref('stg_identity_center_users') }}
  group by lower(user_name)
  having count(*) = 1
),
succeeded as (
  select
    event_id,
    event_time,
    event_name,
    account_id,
    actor_type,
    actor_principal_id,
    session_issuer_arn,
    identity_store_id,
    on_behalf_of_user_id,
    lower(coalesce(sign_in_user_name, {{ regex_group('actor_principal_id', ':(.+)$') }})) as user_name,
    case when session_issuer_arn is null then mfa_used end as mfa_used,
    source_ip_address
  from {{ ref('stg_audit_events') }}
  where event_source in ('signin.amazonaws.com', 'sso.amazonaws.com')
    and event_name in ('ConsoleLogin', 'CredentialVerification', 'UserAuthentication', 'Federate')
    and sign_in_result = 'Success'
),
sign_ins as (
  select
    account_id as owner_id,
    actor_principal_id as user_id,
    event_id,
    event_time,
    event_name,
    mfa_used,
    source_ip_address
  from succeeded
  where actor_type in ('IAMUser', 'Root') and on_behalf_of_user_id is null
  union all
  select
    identity_store_id as owner_id,
    on_behalf_of_user_id as user_id,
    event_id,
    event_time,
    event_name,
    mfa_used,
    source_ip_address
  from succeeded
  where on_behalf_of_user_id is not null
  union all
  select
    n.identity_store_id as owner_id,
    n.user_id,
    s.event_id,
    s.event_time,
    s.event_name,
    s.mfa_used,
    s.source_ip_address
  from succeeded as s
  join names as n on n.user_name = s.user_name
  where s.on_behalf_of_user_id is null
    and (
      s.actor_type = 'Unknown'
      or s.session_issuer_arn like '%:role/aws-reserved/sso.amazonaws.com/%'
    )
),
ranked as (
  select
    owner_id,
    user_id,
    event_time,
    event_name,
    mfa_used,
    source_ip_address,
    row_number() over (partition by owner_id, user_id order by event_time desc, event_id) as newest,
    row_number() over (
      partition by owner_id, user_id
      order by case when event_name = 'UserAuthentication' then 0 else 1 end, event_time desc, event_id
    ) as newest_authentication
  from sign_ins
)
select
  p.kind,
  p.owner_id as account_or_identity_store_id,
  p.user_id,
  p.user_name,
  l.event_time as last_sign_in,
  l.event_name as how,
  a.mfa_used,
  l.source_ip_address,
  u.password_last_used
from persons as p
left join {{ ref('stg_users') }} as u
  on u.account_id = p.owner_id and u.user_id = p.user_id and p.kind <> 'Identity Center user'
left join ranked as l on l.owner_id = p.owner_id and l.user_id = p.user_id and l.newest = 1
left join ranked as a on a.owner_id = p.owner_id and a.user_id = p.user_id and a.newest_authentication = 1
order by p.kind, p.owner_id, p.user_name, p.user_id
