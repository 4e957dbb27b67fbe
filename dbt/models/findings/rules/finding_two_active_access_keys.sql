with keys as (
  select
    account_id,
    user_id,
    max(user_name) as user_name,
    max(user_arn) as user_arn,
    count(*) as keys,
    count(status) as keys_with_status,
    {{ texts_of_group('access_key_id') }} as access_key_ids
  from {{ ref('stg_access_keys') }}
  where coalesce(status, 'Active') = 'Active'
  group by account_id, user_id
)
select
  account_id,
  'global' as region,
  'user' as resource_type,
  user_id as resource_id,
  user_name as resource_name,
  user_arn as resource_arn,
  case when keys_with_status > 1 then 'found' else 'unknown' end as status,
  {{ json_object_of({'access_key_ids': 'access_key_ids'}) }} as evidence
from keys
where keys > 1
