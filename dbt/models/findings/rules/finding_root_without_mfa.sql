-- Without a password, as where an organization has removed the root user's credentials, nobody signs in as root.
select
  account_id,
  'global' as region,
  'root user' as resource_type,
  account_id as resource_id,
  'root' as resource_name,
  'arn:' || {{ column_name('partition') }} || ':iam::' || account_id || ':root' as resource_arn,
  case when account_mfa_enabled = 0 and coalesce(account_password_present, 1) <> 0 then 'found' else 'unknown' end as status,
  {{ json_object_of({'account_mfa_enabled': 'account_mfa_enabled', 'account_password_present': 'account_password_present'}) }} as evidence
from {{ ref('stg_account_summary') }}
where (account_mfa_enabled = 0 and coalesce(account_password_present, 1) <> 0) or (account_mfa_enabled is null and coalesce(account_password_present, 1) <> 0)
