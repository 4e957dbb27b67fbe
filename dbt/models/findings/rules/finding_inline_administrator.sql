select
  account_id,
  'global' as region,
  identity_type as resource_type,
  identity_id || '/' || policy_name as resource_id,
  identity_name || '/' || policy_name as resource_name,
  identity_arn as resource_arn,
  'found' as status,
  {{ json_object_of({'policy_name': 'policy_name'}) }} as evidence
from {{ ref('administrators') }}
where policy_arn is null
