{{ config(materialized='view') }}

with said as (
  select
    c.account_id,
    a.account_name,
    c.region,
    c.stream,
    c.status,
    c.rows_read,
    c.rows_comparable,
    c.rows_counted_by_aws,
    c.complete_since,
    c.complete_through,
    c.missing_action,
    c.error,
    c._airbyte_extracted_at as read_at
  from {{ ref('stg_sync_coverage') }} as c
  left join {{ ref('stg_accounts') }} as a on a.account_id = c.account_id
),
streams as (
  {%- for stream in stream_shapes() if stream != 'sync_coverage' %}
  select {{ "'" ~ stream ~ "'" }} as stream{{ ' union all' if not loop.last }}
  {%- endfor %}
)
select
  account_id,
  account_name,
  region,
  stream,
  status,
  status in ('complete', 'not_enabled') as is_absence_known,
  rows_read,
  rows_comparable,
  rows_counted_by_aws,
  rows_comparable <> rows_counted_by_aws as is_count_different,
  complete_since,
  complete_through,
  missing_action,
  error,
  read_at
from said
union all
select
  cast(null as {{ type_of('text') }}) as account_id,
  cast(null as {{ type_of('text') }}) as account_name,
  cast(null as {{ type_of('text') }}) as region,
  streams.stream,
  'not_synced' as status,
  false as is_absence_known,
  cast(null as {{ type_of('integer') }}) as rows_read,
  cast(null as {{ type_of('integer') }}) as rows_comparable,
  cast(null as {{ type_of('integer') }}) as rows_counted_by_aws,
  cast(null as {{ type_of('boolean') }}) as is_count_different,
  cast(null as {{ type_of('timestamp') }}) as complete_since,
  cast(null as {{ type_of('timestamp') }}) as complete_through,
  cast(null as {{ type_of('text') }}) as missing_action,
  'No sync said anything of this stream.' as error,
  cast(null as {{ type_of('timestamp') }}) as read_at
from streams
left join said on said.stream = streams.stream
where said.stream is null
