select
  account_id,
  'global' as region,
  'password policy' as resource_type,
  account_id as resource_id,
  'password policy' as resource_name,
  'arn:' || {{ column_name('partition') }} || ':iam::' || account_id || ':root' as resource_arn,
  case when is_set is null then 'unknown' else 'found' end as status,
  {{ json_object_of({
    'is_set': 'is_set', 'minimum_password_length': 'minimum_password_length',
    'password_reuse_prevention': 'password_reuse_prevention'
  }) }} as evidence
from {{ ref('stg_password_policy') }}
-- Without a policy of the account, that of AWS holds: eight characters, and former passwords may be chosen again.
where
  not coalesce(is_set, false)
  or coalesce(minimum_password_length, 0) < {{ var('aws_iam_password_length') }}
  or coalesce(password_reuse_prevention, 0) < {{ var('aws_iam_password_reuse') }}
