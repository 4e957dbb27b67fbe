-- Which instances hold the role of an administrator?
-- A role is that of an administrator if a policy allows it every action (`*` or `*:*`) on every resource: a managed policy that is attached, or an inline one. Whoever gets into such an instance, or makes it send a request to its metadata service, has the account. A statement with conditions does not count, because only the request tells whether they hold. Deny statements, permissions boundaries and policies of the organization are not looked at, and may take some of it away. Stopped instances are in it: they have the role again when they start. A row with `unread` is no instance: it names what the last sync did not read, or not completely, and what may be missing here for that reason.
with administrator_statements as (
  select
    account_id,
    source_type,
    source_arn,
    identity_id,
    policy_name
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
    a.identity_id,
    a.policy_name
  from policy_attachments as a
  join administrator_statements as s on s.account_id = a.account_id and s.source_arn = a.policy_arn
  where s.source_type = 'managed' and a.identity_type = 'role' and not a.as_boundary
  union all
  select
    account_id,
    identity_id,
    policy_name
  from administrator_statements
  where source_type = 'role_inline'
),
roles_of_profiles as (
  select
    p.account_id,
    p.instance_profile_id,
    json_extract_string(r.item, '$.role_id') as role_id,
    json_extract_string(r.item, '$.role_name') as role_name
  from instance_profiles as p
  cross join unnest(cast(p.roles as json[])) as r(item)
),
instances as (
  select
    account_id,
    region,
    instance_id,
    iam_instance_profile_id,
    json_extract_string(tags, '$.Name') as name,
    state
  from ec2_instances
)
select
  i.account_id,
  i.region,
  i.instance_id,
  i.name,
  i.state,
  r.role_name,
  string_agg(distinct a.policy_name, ', ' order by a.policy_name) as policies,
  cast(null as text) as unread
from instances as i
join roles_of_profiles as r
  on r.account_id = i.account_id and r.instance_profile_id = i.iam_instance_profile_id
join administrators as a on a.account_id = r.account_id and a.identity_id = r.role_id
group by i.account_id, i.region, i.instance_id, i.name, i.state, r.role_name
union all
select
  account_id,
  region,
  cast(null as text) as instance_id,
  cast(null as text) as name,
  cast(null as text) as state,
  cast(null as text) as role_name,
  cast(null as text) as policies,
  stream || ': ' || status as unread
from sync_coverage
where stream in ('ec2_instances', 'instance_profiles', 'policy_attachments', 'policy_statements')
  and status in ('partial', 'denied', 'failed')
order by account_id, region, name, instance_id, unread
