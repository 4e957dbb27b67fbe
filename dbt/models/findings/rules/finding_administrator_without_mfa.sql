with granted as (
  select account_id, identity_id as user_id, policy_name as through
  from {{ ref('administrators') }}
  where identity_type = 'user'
  union all
  select m.account_id, m.user_id, a.policy_name || ' of group ' || m.group_name as through
  from {{ ref('administrators') }} as a
  inner join {{ ref('stg_group_members') }} as m on m.account_id = a.account_id and m.group_id = a.identity_id
  where a.identity_type = 'group'
),
administrators as (
  select account_id, user_id, {{ texts_of_group('through') }} as through
  from granted
  group by account_id, user_id
),
users as (
  select
    u.*,
    a.through,
    -- True or null is true, false or null is null: what AWS did not show never turns into "no".
    u.password_enabled or u.access_key_1_active or u.access_key_2_active as may_sign_in
  from administrators as a
  inner join {{ ref('stg_users') }} as u on u.account_id = a.account_id and u.user_id = a.user_id
)
select
  account_id,
  'global' as region,
  'user' as resource_type,
  user_id as resource_id,
  user_name as resource_name,
  arn as resource_arn,
  case when may_sign_in and not mfa_active then 'found' else 'unknown' end as status,
  {{ json_object_of({
    'administrator_through': 'through', 'password_enabled': 'password_enabled', 'mfa_active': 'mfa_active',
    'access_key_1_active': 'access_key_1_active', 'access_key_2_active': 'access_key_2_active',
    'permissions_boundary_arn': 'permissions_boundary_arn'
  }) }} as evidence
from users
where coalesce(may_sign_in, true) and not coalesce(mfa_active, false)
