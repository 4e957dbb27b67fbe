-- A policy that nobody has, or that is a boundary only, grants nothing.
with policies as (
  select
    account_id,
    policy_arn,
    max(policy_name) as policy_name,
    {{ texts_of_group("identity_type || ' ' || identity_name") }} as held_by
  from {{ ref('administrators') }}
  where policy_arn is not null and policy_arn not like 'arn:%:iam::aws:policy/%'
  group by account_id, policy_arn
)
select
  account_id,
  'global' as region,
  'policy' as resource_type,
  policy_arn as resource_id,
  policy_name as resource_name,
  policy_arn as resource_arn,
  'found' as status,
  {{ json_object_of({'held_by': 'held_by'}) }} as evidence
from policies
