select
  concat_ws(
    ', ',
    case s.account_mfa_enabled when 1 then null when 0 then 'without MFA' else 'MFA unknown' end,
    case when s.account_access_keys_present > 0 then 'has access keys'
         when s.account_access_keys_present is null then 'access keys unknown' end
  ) as finding,
  s.account_id,
  case s.account_mfa_enabled when 1 then 'true' when 0 then 'false' else 'unknown' end as mfa,
  coalesce((s.account_access_keys_present > 0)::varchar, 'unknown') as access_keys,
  u.arn
from account_summary s
left join users u on u.account_id = s.account_id and u.is_root
where s.account_mfa_enabled is distinct from 1 or s.account_access_keys_present is distinct from 0
order by s.account_id
