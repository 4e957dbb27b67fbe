with resources as (
  select
    account_id, region, {{ column_name('partition') }}, 'image' as kind, image_id as resource_id, name,
    shared_with_account_ids, shared_with_organization_arns, shared_with_ou_arns
  from {{ ref('stg_ec2_images') }}
  union all
  select
    account_id, region, {{ column_name('partition') }}, 'snapshot' as kind, snapshot_id as resource_id, description as name,
    shared_with_account_ids,
    cast(null as {{ type_of('json') }}) as shared_with_organization_arns,
    cast(null as {{ type_of('json') }}) as shared_with_ou_arns
  from {{ ref('stg_ec2_snapshots') }}
),
shared as (
  {%- for column in ['shared_with_account_ids', 'shared_with_organization_arns', 'shared_with_ou_arns'] %}
  select
    r.account_id, r.region, r.{{ column_name('partition') }}, r.kind, r.resource_id, r.name, {{ item_text('s') }} as shared_with
  from resources as r
  {{ unnest_json('r.' ~ column, 's') }}
  {{ 'union all' if not loop.last }}
  {%- endfor %}
),
outside as (
  select s.*
  from shared as s
  left join {{ ref('stg_accounts') }} as a on a.account_id = s.shared_with
  left join {{ ref('stg_organization') }} as o
    on o.organization_id = {{ regex_group('s.shared_with', '/(o-[a-z0-9]+)') }}
  where a.account_id is null and o.organization_id is null
),
by_resource as (
  select
    account_id, region, {{ column_name('partition') }}, kind, resource_id,
    max(name) as name,
    {{ texts_of_group('shared_with') }} as shared_with
  from outside
  group by account_id, region, {{ column_name('partition') }}, kind, resource_id
)
select
  account_id,
  region,
  kind as resource_type,
  resource_id,
  name as resource_name,
  'arn:' || {{ column_name('partition') }} || ':ec2:' || region || '::' || kind || '/' || resource_id as resource_arn,
  -- Which accounts are the organization's own is not known unless their list was read.
  case when {{ is_read(['accounts', 'organization']) }} then 'found' else 'unknown' end as status,
  {{ json_object_of({'shared_with': 'shared_with'}) }} as evidence
from by_resource
