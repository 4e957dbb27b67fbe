-- Which administrators sign in without MFA?
-- An administrator is a user whom a policy allows every action (`*` or `*:*`) on every resource: a managed policy that is attached, or an inline one, of the user or of a group. A permissions boundary grants nothing. A statement with conditions does not count, because only the request tells whether they hold: those stand in `conditions` of `policy_statements`. Deny statements are not looked at. Who has neither a password nor an active access key cannot sign in and is left out. What AWS did not show is null and counts as a risk: such users are listed too.
with administrator_statements as (
  select
    account_id,
    source_type,
    source_arn,
    identity_id
  from policy_statements
  where effect = 'Allow'
    and coalesce(cast(conditions as text), '{}') = '{}'
    and (
      list_contains(cast(actions as text[]), '*')
      or list_contains(cast(actions as text[]), '*:*')
    )
    and list_contains(cast(resources as text[]), '*')
),
administrators as (
  select
    a.account_id,
    a.identity_id
  from policy_attachments as a
  join administrator_statements as s on s.account_id = a.account_id and s.source_arn = a.policy_arn
  where s.source_type = 'managed' and not a.as_boundary
  union all
  select
    account_id,
    identity_id
  from administrator_statements
  where source_type in ('user_inline', 'group_inline')
),
users_and_their_groups as (
  select
    account_id,
    user_id,
    user_id as identity_id
  from users
  union all
  select
    account_id,
    user_id,
    group_id as identity_id
  from group_members
)
select distinct
  u.account_id,
  u.user_name,
  u.arn,
  u.password_enabled,
  u.access_key_1_active,
  u.access_key_2_active,
  u.mfa_active
from users as u
join users_and_their_groups as p on p.account_id = u.account_id and p.user_id = u.user_id
join administrators as a on a.account_id = p.account_id and a.identity_id = p.identity_id
where (
    coalesce(u.password_enabled, true)
    or coalesce(u.access_key_1_active, true)
    or coalesce(u.access_key_2_active, true)
  )
  and not coalesce(u.mfa_active, false)
order by u.account_id, u.user_name
