with shared as (
  select
    account_id,
    region,
    'image' as kind,
    image_id as resource_id,
    name,
    'everybody' as shared_with
  from {{ ref('stg_ec2_images') }}
  where is_public
  union all
  select
    i.account_id,
    i.region,
    'image' as kind,
    i.image_id as resource_id,
    i.name,
    {{ item_text('s') }} as shared_with
  from {{ ref('stg_ec2_images') }} as i
  {{ unnest_json('i.shared_with_account_ids', 's') }}
  union all
  select
    i.account_id,
    i.region,
    'image' as kind,
    i.image_id as resource_id,
    i.name,
    {{ item_text('s') }} as shared_with
  from {{ ref('stg_ec2_images') }} as i
  {{ unnest_json('i.shared_with_organization_arns', 's') }}
  union all
  select
    i.account_id,
    i.region,
    'image' as kind,
    i.image_id as resource_id,
    i.name,
    {{ item_text('s') }} as shared_with
  from {{ ref('stg_ec2_images') }} as i
  {{ unnest_json('i.shared_with_ou_arns', 's') }}
  union all
  select
    account_id,
    region,
    'snapshot' as kind,
    snapshot_id as resource_id,
    description as name,
    'everybody' as shared_with
  from {{ ref('stg_ec2_snapshots') }}
  where is_public
  union all
  select
    n.account_id,
    n.region,
    'snapshot' as kind,
    n.snapshot_id as resource_id,
    n.description as name,
    {{ item_text('s') }} as shared_with
  from {{ ref('stg_ec2_snapshots') }} as n
  {{ unnest_json('n.shared_with_account_ids', 's') }}
)
select
  s.account_id,
  s.region,
  s.kind,
  s.resource_id,
  s.name,
  s.shared_with,
  cast(null as {{ type_of('text') }}) as unread
from shared as s
left join {{ ref('stg_accounts') }} as a on a.account_id = s.shared_with
left join {{ ref('stg_organization') }} as o
  on o.organization_id = {{ regex_group('s.shared_with', '/(o-[a-z0-9]+)') }}
where a.account_id is null and o.organization_id is null
union all
select
  account_id,
  region,
  cast(null as {{ type_of('text') }}) as kind,
  cast(null as {{ type_of('text') }}) as resource_id,
  cast(null as {{ type_of('text') }}) as name,
  cast(null as {{ type_of('text') }}) as shared_with,
  stream || ': ' || status as unread
from {{ ref('stg_sync_coverage') }}
where stream in ('ec2_images', 'ec2_snapshots', 'accounts', 'organization')
  and status in ('partial', 'denied', 'failed')
order by account_id, region, kind, name, resource_id, shared_with, unread
