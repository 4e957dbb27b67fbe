select
  account_id,
  region,
  instance_id,
  {{ json_text('tags', ['Name']) }} as name,
  state,
  is_imds_v1_allowed,
  iam_instance_profile_arn,
  cast(null as {{ type_of('text') }}) as unread
from {{ ref('stg_ec2_instances') }}
where coalesce(is_imds_v1_allowed, true)
  and coalesce(state, 'unknown') not in ('shutting-down', 'terminated')
union all
select
  account_id,
  region,
  cast(null as {{ type_of('text') }}) as instance_id,
  cast(null as {{ type_of('text') }}) as name,
  cast(null as {{ type_of('text') }}) as state,
  cast(null as {{ type_of('boolean') }}) as is_imds_v1_allowed,
  cast(null as {{ type_of('text') }}) as iam_instance_profile_arn,
  stream || ': ' || status as unread
from {{ ref('stg_sync_coverage') }}
where stream = 'ec2_instances' and status in ('partial', 'denied', 'failed')
order by account_id, region, name, instance_id, unread
