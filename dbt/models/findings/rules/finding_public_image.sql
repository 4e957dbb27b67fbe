select
  account_id,
  region,
  'image' as resource_type,
  image_id as resource_id,
  name as resource_name,
  'arn:' || {{ column_name('partition') }} || ':ec2:' || region || '::image/' || image_id as resource_arn,
  case when is_public then 'found' else 'unknown' end as status,
  {{ json_object_of({'is_public': 'is_public'}) }} as evidence
from {{ ref('stg_ec2_images') }}
where coalesce(is_public, true)
