with by_role as (
  select
    account_id,
    role_id,
    max(role_name) as role_name,
    max(role_arn) as role_arn,
    {{ texts_of_group('principal') }} as principals
  from {{ ref('stg_role_trusts') }}
  where is_deleted_principal
  group by account_id, role_id
)
select
  account_id,
  'global' as region,
  'role' as resource_type,
  role_id as resource_id,
  role_name as resource_name,
  role_arn as resource_arn,
  'found' as status,
  {{ json_object_of({'principals': 'principals'}) }} as evidence
from by_role
