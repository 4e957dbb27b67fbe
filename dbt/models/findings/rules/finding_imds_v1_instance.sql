select
  account_id,
  region,
  'instance' as resource_type,
  instance_id as resource_id,
  {{ json_text('tags', ['Name']) }} as resource_name,
  'arn:' || {{ column_name('partition') }} || ':ec2:' || region || ':' || account_id || ':instance/' || instance_id
    as resource_arn,
  case when is_imds_v1_allowed then 'found' else 'unknown' end as status,
  {{ json_object_of({
    'is_imds_v1_allowed': 'is_imds_v1_allowed', 'iam_instance_profile_arn': 'iam_instance_profile_arn', 'state': 'state'
  }) }} as evidence
from {{ ref('stg_ec2_instances') }}
where
  coalesce(is_imds_v1_allowed, true)
  -- Without a profile, there are no credentials to take.
  and iam_instance_profile_arn is not null
  and coalesce(state, 'unknown') not in ('shutting-down', 'terminated')
