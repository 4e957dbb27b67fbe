{{ config(materialized='table') }}

{% set text = type_of('text') %}
-- Whom an identity acts as: itself, or the role of a permission set.
with own as (
  select
    principal_kind as identity_kind,
    principal_id as identity_key,
    principal_name as identity_name,
    principal_arn as identity_arn,
    cast(null as {{ text }}) as way,
    principal_id,
    cast(null as {{ text }}) as via_group_id,
    cast(null as {{ text }}) as via_group_name,
    cast(null as {{ text }}) as permission_set_arn,
    cast(null as {{ text }}) as permission_set_name,
    cast(null as {{ text }}) as assumed_from_id,
    'yes' as path_answer
  from {{ ref('principals') }}
  where principal_kind <> 'permission set'
),
assigned as (
  select
    'Identity Center user' as identity_kind,
    identity_key,
    user_name as identity_name,
    user_arn as identity_arn,
    'identity_center' as way,
    principal_id,
    group_id as via_group_id,
    group_name as via_group_name,
    permission_set_arn,
    permission_set_name,
    cast(null as {{ text }}) as assumed_from_id,
    'yes' as path_answer
  from {{ ref('assignment_holders') }}
),
acting as (
  select * from own
  union all
  select * from assigned
),
assuming as (
  select
    a.identity_kind,
    a.identity_key,
    a.identity_name,
    a.identity_arn,
    'role_trust' as way,
    r.role_id as principal_id,
    a.via_group_id,
    a.via_group_name,
    a.permission_set_arn,
    a.permission_set_name,
    a.principal_id as assumed_from_id,
    r.answer as path_answer
  from acting as a
  inner join {{ ref('role_assumptions') }} as r
    on r.source_key = a.principal_id and r.source_kind in ('IAM user', 'role')
),
ways as (
  select * from acting
  union all
  select * from assuming
),
controls as (
  select
    account_id,
    {{ texts_of_group("case when policy_type = 'SERVICE_CONTROL_POLICY' then policy_name end") }}
      as service_control_policies,
    {{ texts_of_group("case when policy_type = 'RESOURCE_CONTROL_POLICY' then policy_name end") }}
      as resource_control_policies
  from {{ ref('organization_policies_by_account') }}
  -- Those of AWS allow everything.
  where not is_aws_managed
  group by account_id
),
granted as (
  select
    w.identity_kind,
    w.identity_key,
    w.identity_name,
    w.identity_arn,
    p.account_id,
    case
      when w.way is not null then w.way
      when p.principal_kind = 'root user' then 'root'
      when g.group_id is not null then 'group'
      else 'direct'
    end as path,
    w.path_answer,
    coalesce(w.via_group_id, g.group_id) as group_id,
    coalesce(w.via_group_name, g.group_name) as group_name,
    w.permission_set_arn,
    w.permission_set_name,
    w.assumed_from_id,
    p.principal_id,
    p.principal_name,
    p.principal_arn,
    g.policy_kind,
    g.policy_arn,
    g.policy_name,
    g.statement_id,
    p.boundary as permissions_boundary,
    case when not p.is_service_linked then c.service_control_policies end as service_control_policies,
    case when not p.is_service_linked then c.resource_control_policies end as resource_control_policies
  from ways as w
  inner join {{ ref('principals') }} as p on p.principal_id = w.principal_id
  inner join {{ ref('principal_statements') }} as g on g.principal_id = w.principal_id
  left join controls as c on c.account_id = p.account_id
)
select
  {{ hash_key([
    'g.identity_kind', 'g.identity_key', 'g.path', 'g.group_id', 'g.permission_set_arn', 'g.assumed_from_id',
    'g.principal_id', 'g.policy_kind', 'g.policy_arn', 'g.policy_name', 'g.statement_id'
  ]) }} as grant_id,
  g.identity_kind,
  g.identity_key,
  g.identity_name,
  g.identity_arn,
  g.account_id,
  g.path,
  g.path_answer,
  g.group_id,
  g.group_name,
  g.permission_set_arn,
  g.permission_set_name,
  g.assumed_from_id,
  g.principal_id,
  g.principal_name,
  g.principal_arn,
  g.policy_kind,
  g.policy_name,
  g.policy_arn,
  g.statement_id,
  s.statement_index,
  s.sid,
  s.effect,
  s.actions,
  s.not_actions,
  s.resources,
  s.not_resources,
  s.conditions,
  coalesce(s.has_conditions, false) as has_conditions,
  g.permissions_boundary,
  g.service_control_policies,
  g.resource_control_policies,
  g.permissions_boundary is not null as has_boundary,
  g.service_control_policies is not null as has_service_control_policy,
  g.resource_control_policies is not null as has_resource_control_policy
from granted as g
left join {{ ref('statements') }} as s on s.statement_id = g.statement_id
