select
  account_id,
  'global' as region,
  'server certificate' as resource_type,
  server_certificate_id as resource_id,
  server_certificate_name as resource_name,
  arn as resource_arn,
  'found' as status,
  {{ json_object_of({'expired_at': as_text('expiration')}) }} as evidence
from {{ ref('stg_server_certificates') }}
where expiration < {{ now_utc() }}
