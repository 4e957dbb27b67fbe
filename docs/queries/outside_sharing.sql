-- Which images and snapshots are shared outside the organization?
-- With everybody, with an account that is not in `accounts`, or with another organization or a unit of it. Where the sync reads no organization, every account that it does not read counts as outside, and so does every organization. A row with `unread` is no image and no snapshot: it names what the last sync did not read, or not completely. Where AWS did not show with whom they are shared, that is `ec2_images: partial` or `ec2_snapshots: partial`.
with shared as (
  select
    account_id,
    region,
    'image' as kind,
    image_id as resource_id,
    name,
    'everybody' as shared_with
  from ec2_images
  where is_public
  union all
  select
    i.account_id,
    i.region,
    'image' as kind,
    i.image_id as resource_id,
    i.name,
    s.item as shared_with
  from ec2_images as i
  cross join unnest(cast(i.shared_with_account_ids as text[])) as s(item)
  union all
  select
    i.account_id,
    i.region,
    'image' as kind,
    i.image_id as resource_id,
    i.name,
    s.item as shared_with
  from ec2_images as i
  cross join unnest(cast(i.shared_with_organization_arns as text[])) as s(item)
  union all
  select
    i.account_id,
    i.region,
    'image' as kind,
    i.image_id as resource_id,
    i.name,
    s.item as shared_with
  from ec2_images as i
  cross join unnest(cast(i.shared_with_ou_arns as text[])) as s(item)
  union all
  select
    account_id,
    region,
    'snapshot' as kind,
    snapshot_id as resource_id,
    description as name,
    'everybody' as shared_with
  from ec2_snapshots
  where is_public
  union all
  select
    n.account_id,
    n.region,
    'snapshot' as kind,
    n.snapshot_id as resource_id,
    n.description as name,
    s.item as shared_with
  from ec2_snapshots as n
  cross join unnest(cast(n.shared_with_account_ids as text[])) as s(item)
)
select
  s.account_id,
  s.region,
  s.kind,
  s.resource_id,
  s.name,
  s.shared_with,
  cast(null as text) as unread
from shared as s
left join accounts as a on a.account_id = s.shared_with
left join organization as o
  on o.organization_id = regexp_extract(s.shared_with, '/(o-[a-z0-9]+)', 1)
where a.account_id is null and o.organization_id is null
union all
select
  account_id,
  region,
  cast(null as text) as kind,
  cast(null as text) as resource_id,
  cast(null as text) as name,
  cast(null as text) as shared_with,
  stream || ': ' || status as unread
from sync_coverage
where stream in ('ec2_images', 'ec2_snapshots', 'accounts', 'organization')
  and status in ('partial', 'denied', 'failed')
order by account_id, region, kind, name, resource_id, shared_with, unread
