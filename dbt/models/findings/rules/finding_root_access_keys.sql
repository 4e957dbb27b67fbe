select
  account_id,
  'global' as region,
  'root user' as resource_type,
  account_id as resource_id,
  'root' as resource_name,
  'arn:' || {{ column_name('partition') }} || ':iam::' || account_id || ':root' as resource_arn,
  case when account_access_keys_present > 0 then 'found' else 'unknown' end as status,
  {{ json_object_of({'account_access_keys_present': 'account_access_keys_present'}) }} as evidence
from {{ ref('stg_account_summary') }}
where (account_access_keys_present > 0) or (account_access_keys_present is null)
