select
  account_id,
  'global' as region,
  'user' as resource_type,
  user_id as resource_id,
  user_name as resource_name,
  arn as resource_arn,
  case when password_enabled and not mfa_active then 'found' else 'unknown' end as status,
  {{ json_object_of({'password_enabled': 'password_enabled', 'mfa_active': 'mfa_active'}) }} as evidence
from {{ ref('stg_users') }}
where not is_root and coalesce(password_enabled, true) and not coalesce(mfa_active, false)
