select
  account_id,
  'global' as region,
  'role' as resource_type,
  role_id as resource_id,
  role_name as resource_name,
  arn as resource_arn,
  case
    when {{ any_unavailable('r', ['role_last_used_date', 'create_date']) }} or create_date is null then 'unknown'
    else 'found'
  end as status,
  {{ json_object_of({
    'created_at': as_text('create_date'), 'last_used_at': as_text('role_last_used_date'),
    'permission_set_name': 'permission_set_name'
  }) }} as evidence
from {{ ref('stg_roles') }} as r
where
  -- An AWS service makes these for itself, and alone can delete them.
  not coalesce(is_service_linked, false)
  and (create_date < {{ days_ago(var('aws_iam_unused_days')) }} or create_date is null)
  and (role_last_used_date < {{ days_ago(var('aws_iam_unused_days')) }} or role_last_used_date is null)
