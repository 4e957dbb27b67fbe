select
  account_id,
  region,
  'snapshot' as resource_type,
  snapshot_id as resource_id,
  description as resource_name,
  'arn:' || {{ column_name('partition') }} || ':ec2:' || region || '::snapshot/' || snapshot_id as resource_arn,
  case when is_public then 'found' else 'unknown' end as status,
  {{ json_object_of({'is_public': 'is_public'}) }} as evidence
from {{ ref('stg_ec2_snapshots') }}
where coalesce(is_public, true)
