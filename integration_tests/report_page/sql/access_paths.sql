-- Statements that allow every action on every resource, and the ways to them. Whoever has one has the account.
with everything as (
  select
    *,
    case path
      when 'direct' then 'a policy of its own'
      when 'group' then 'group ' || group_name
      when 'identity_center' then 'permission set ' || permission_set_name || coalesce(' of group ' || group_name, '')
      when 'role_trust' then 'assumes role ' || principal_name
    end as way,
    path_answer = 'yes' and not has_conditions and not has_boundary as is_certain,
    concat_ws(
      ', ',
      case when path_answer <> 'yes' then 'conditions of the trust' end,
      case when has_conditions then 'conditions of the statement' end,
      case when has_boundary then 'boundary' end,
      case when has_service_control_policy then service_control_policies end
    ) as in_the_way
  from access_grants
  where effect = 'Allow'
    and path <> 'root'
    and (json_contains(actions, '"*"') or json_contains(actions, '"*:*"'))
    and json_contains(resources, '"*"')
)
select
  coalesce(a.account_name, e.account_id) as account,
  e.way,
  e.policy_name as policy,
  count(distinct e.identity_key) as identities,
  count(distinct e.identity_key) filter (where i.mfa_active = false) as without_mfa,
  count(distinct e.identity_key) filter (where i.inactive_days > 90) as not_active_for_90_days,
  coalesce(nullif(e.in_the_way, ''), 'nothing') as in_the_way
from everything as e
left join identities as i on i.identity_key = e.identity_key
left join stg_accounts as a on a.account_id = e.account_id
group by 1, 2, 3, e.in_the_way, e.is_certain
order by e.is_certain desc, without_mfa desc, identities desc, account, way, policy
