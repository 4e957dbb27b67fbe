-- Without a password, as where an organization has removed the root user's credentials, nobody signs in as root.
with root as (
  select *, account_password_present is distinct from 0 as may_sign_in
  from account_summary
)
select
  concat_ws(
    ', ',
    case when may_sign_in and account_mfa_enabled is null then 'MFA unknown'
         when may_sign_in and account_mfa_enabled <> 1 then 'without MFA' end,
    case when account_access_keys_present > 0 then 'has access keys'
         when account_access_keys_present is null then 'access keys unknown' end
  ) as finding,
  r.account_id,
  coalesce((account_password_present > 0)::varchar, 'unknown') as "password",
  case account_mfa_enabled when 1 then 'true' when 0 then 'false' else 'unknown' end as mfa,
  coalesce((account_access_keys_present > 0)::varchar, 'unknown') as access_keys,
  u.arn
from root r
left join users u on u.account_id = r.account_id and u.is_root
where (account_mfa_enabled is distinct from 1 and may_sign_in) or account_access_keys_present is distinct from 0
order by r.account_id
