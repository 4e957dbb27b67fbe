{{ config(materialized='table') }}

-- Neither kind of policy affects the management account, to which they may be attached all the same.
with members as (
  select account_id, ou_path
  from {{ ref('stg_accounts') }}
  where not coalesce(is_management, false)
),
targets as (
  select policy_id, policy_name, policy_type, target_id, target_type, path
  from {{ ref('stg_organization_policy_targets') }}
  where policy_type in ('SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY')
)
select
  m.account_id,
  t.policy_type,
  t.policy_id,
  t.policy_name,
  t.target_id,
  t.target_type,
  coalesce(p.aws_managed, false) as is_aws_managed
from targets as t
inner join members as m
  on (t.target_type = 'ACCOUNT' and t.target_id = m.account_id)
  or t.target_type = 'ROOT'
  or (t.target_type = 'ORGANIZATIONAL_UNIT' and substr(m.ou_path, 1, length(t.path)) = t.path)
left join {{ ref('stg_organization_policies') }} as p on p.policy_id = t.policy_id
