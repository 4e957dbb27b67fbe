-- What AWS did not show is null, and never turns into "no".
with states as (
  select
    case
      when password_enabled is null or active_access_keys is null then 'Unknown: not readable'
      when password_enabled and active_access_keys > 0 then 'Password and access key'
      when password_enabled then 'Password only'
      when active_access_keys > 0 then 'Access key only'
      else 'Neither'
    end as credentials,
    case
      when not password_enabled and active_access_keys = 0 then 'nothing to protect'
      when mfa_active then 'with MFA'
      when not mfa_active then 'without MFA'
      else 'MFA unknown'
    end as mfa
  from identities
  where kind = 'IAM user'
)
select credentials, mfa, count(*) as users
from states
group by credentials, mfa
order by
  list_position(
    ['Password and access key', 'Password only', 'Access key only', 'Neither', 'Unknown: not readable'], credentials
  ),
  list_position(['without MFA', 'with MFA', 'nothing to protect', 'MFA unknown'], mfa)
