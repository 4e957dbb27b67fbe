-- `true or null` is true and `false or null` is null: what AWS did not show never turns into "no".
with sign_in as (
  select
    password_enabled as has_password,
    access_key_1_active or access_key_2_active as has_key,
    mfa_active as has_mfa
  from users
  where not is_root
),
states as (
  select
    case
      when has_password is null or has_key is null then 'Unknown: not readable'
      when has_password and has_key then 'Password and access key'
      when has_password then 'Password only'
      when has_key then 'Access key only'
      else 'Neither'
    end as credentials,
    case
      when not has_password and not has_key then 'nothing to protect'
      when has_mfa then 'with MFA'
      when not has_mfa then 'without MFA'
      else 'MFA unknown'
    end as mfa
  from sign_in
)
select credentials, mfa, count(*) as users
from states
group by credentials, mfa
order by
  list_position(
    ['Password and access key', 'Password only', 'Access key only', 'Neither', 'Unknown: not readable'], credentials
  ),
  list_position(['without MFA', 'with MFA', 'nothing to protect', 'MFA unknown'], mfa)
