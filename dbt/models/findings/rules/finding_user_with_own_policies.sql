with held as (
  select account_id, identity_id as user_id, policy_name
  from {{ ref('stg_policy_attachments') }}
  where identity_type = 'user' and not as_boundary
  union all
  select account_id, source_id as user_id, policy_name
  from {{ ref('stg_policy_statements') }}
  where source_type = 'user_inline'
),
by_user as (
  select account_id, user_id, {{ texts_of_group('policy_name') }} as policies
  from held
  group by account_id, user_id
)
select
  b.account_id,
  'global' as region,
  'user' as resource_type,
  b.user_id as resource_id,
  u.user_name as resource_name,
  u.arn as resource_arn,
  'found' as status,
  {{ json_object_of({'policies': 'b.policies'}) }} as evidence
from by_user as b
inner join {{ ref('stg_users') }} as u on u.account_id = b.account_id and u.user_id = b.user_id
