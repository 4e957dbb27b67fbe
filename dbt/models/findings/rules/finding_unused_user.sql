with users as (
  select
    *,
    password_enabled or access_key_1_active or access_key_2_active as may_sign_in,
    {{ any_unavailable('u', [
      'create_date', 'last_activity_at', 'password_last_used', 'access_key_1_last_used_date', 'access_key_2_last_used_date'
    ]) }} or create_date is null as is_hidden
  from {{ ref('stg_users') }} as u
  where not is_root
)
select
  account_id,
  'global' as region,
  'user' as resource_type,
  user_id as resource_id,
  user_name as resource_name,
  arn as resource_arn,
  case when may_sign_in and not is_hidden then 'found' else 'unknown' end as status,
  {{ json_object_of({
    'created_at': as_text('create_date'), 'last_activity_at': as_text('last_activity_at'),
    'last_activity_source': 'last_activity_source', 'password_enabled': 'password_enabled'
  }) }} as evidence
from users
where
  coalesce(may_sign_in, true)
  and (create_date < {{ days_ago(var('aws_iam_unused_days')) }} or create_date is null)
  and (last_activity_at < {{ days_ago(var('aws_iam_unused_days')) }} or last_activity_at is null)
