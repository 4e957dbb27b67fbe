-- The administrators of docs/queries/admins_without_mfa.sql, and what makes them so.
with everything as (  -- "*:*" says the same as "*". Whether a statement with conditions applies, only a request tells.
  select account_id, source_type, source_id, source_arn, policy_name as policy
  from policy_statements
  where effect = 'Allow'
    and coalesce(conditions::varchar, '{}') = '{}'
    and (json_contains(actions, '"*"') or json_contains(actions, '"*:*"'))
    and json_contains(resources, '"*"')
),
held as (  -- A managed policy is held through its attachments, an inline one by its owner; a boundary grants nothing.
  select a.account_id, a.identity_type, a.identity_id, e.policy
  from everything e
  join policy_attachments a on a.account_id = e.account_id and a.policy_arn = e.source_arn
  where e.source_type = 'managed' and not a.as_boundary
  union all
  select account_id, replace(source_type, '_inline', ''), source_id, policy
  from everything
  where source_type in ('user_inline', 'group_inline')
),
granted as (
  select account_id, identity_id as user_id, policy as through
  from held
  where identity_type = 'user'
  union all
  select m.account_id, m.user_id, h.policy || ' of group ' || m.group_name
  from held h
  join group_members m on m.account_id = h.account_id and m.group_id = h.identity_id
  where h.identity_type = 'group'
),
administrators as (
  select account_id, user_id, string_agg(distinct through, ', ' order by through) as administrator_through
  from granted
  group by account_id, user_id
)
select
  case when u.mfa_active is null then 'MFA unknown' else 'without MFA' end as finding,
  u.user_name,
  coalesce(u.password_enabled::varchar, 'unknown') as "password",
  coalesce((u.access_key_1_active or u.access_key_2_active)::varchar, 'unknown') as active_key,
  a.administrator_through,
  case
    when json_contains(u.unavailable_fields, '"permissions_boundary_arn"') then 'unknown'
    else coalesce(u.permissions_boundary_arn, 'none')
  end as permissions_boundary,
  u.arn
from administrators a
join users u on u.account_id = a.account_id and u.user_id = a.user_id
where u.mfa_active is distinct from true
  and (u.password_enabled or u.access_key_1_active or u.access_key_2_active) is distinct from false
order by u.mfa_active nulls last, u.password_enabled desc nulls last, u.user_name
