with keys as (
  select *, {{ days_between('create_date', now_utc()) }} as age_in_days
  from {{ ref('stg_access_keys') }}
  where coalesce(status, 'Active') = 'Active'
)
select
  account_id,
  'global' as region,
  'access key' as resource_type,
  access_key_id as resource_id,
  user_name as resource_name,
  user_arn as resource_arn,
  case when age_in_days >= {{ var('aws_iam_key_age_days') }} and status is not null then 'found' else 'unknown' end as status,
  {{ json_object_of({'created_at': as_text('create_date'), 'status': 'status'}) }} as evidence
from keys
where coalesce(age_in_days, {{ var('aws_iam_key_age_days') }}) >= {{ var('aws_iam_key_age_days') }}
