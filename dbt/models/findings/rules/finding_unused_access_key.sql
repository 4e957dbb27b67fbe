with keys as (
  select
    *,
    {{ any_unavailable('k', ['last_used_date', 'create_date']) }} or status is null or create_date is null as is_hidden
  from {{ ref('stg_access_keys') }} as k
  where coalesce(status, 'Active') = 'Active'
)
select
  account_id,
  'global' as region,
  'access key' as resource_type,
  access_key_id as resource_id,
  user_name as resource_name,
  user_arn as resource_arn,
  case when is_hidden then 'unknown' else 'found' end as status,
  {{ json_object_of({
    'created_at': as_text('create_date'), 'last_used_at': as_text('last_used_date'), 'last_used_service': 'last_used_service'
  }) }} as evidence
from keys
-- A key that is younger has not had the time.
where
  (create_date < {{ days_ago(var('aws_iam_unused_days')) }} or create_date is null)
  and (last_used_date < {{ days_ago(var('aws_iam_unused_days')) }} or last_used_date is null)
