with calls as (
  select account_id, event_time as used_at
  from {{ ref('event_actors') }}
  where
    identity_kind = 'root user'
    and not is_assumed_root
    -- What AWS services do in its name, and what nobody was let in for, is no use.
    and coalesce(event_type, '') <> 'AwsServiceEvent'
    and coalesce(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
    and coalesce(sign_in_result, 'Success') = 'Success'
    and event_time >= {{ days_ago(var('aws_iam_root_use_days')) }}
),
called as (
  select account_id, max(used_at) as used_at, count(*) as calls
  from calls
  group by account_id
),
root_users as (
  select
    *,
    {{ greatest_of(['password_last_used', 'access_key_1_last_used_date', 'access_key_2_last_used_date']) }} as used_at
  from {{ ref('stg_users') }}
  where is_root
),
used as (
  select
    u.account_id,
    u.arn,
    {{ greatest_of(['u.used_at', 'c.used_at']) }} as used_at,
    coalesce(c.calls, 0) as calls,
    {{ any_unavailable('u', ['password_last_used', 'access_key_1_last_used_date', 'access_key_2_last_used_date']) }} as is_hidden
  from root_users as u
  left join called as c on c.account_id = u.account_id
)
select
  account_id,
  'global' as region,
  'root user' as resource_type,
  account_id as resource_id,
  'root' as resource_name,
  arn as resource_arn,
  case when used_at >= {{ days_ago(var('aws_iam_root_use_days')) }} then 'found' else 'unknown' end as status,
  {{ json_object_of({'last_used_at': as_text('used_at'), 'calls': 'calls'}) }} as evidence
from used
where used_at >= {{ days_ago(var('aws_iam_root_use_days')) }} or is_hidden
