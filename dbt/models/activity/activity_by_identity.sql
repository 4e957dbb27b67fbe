{{ config(
  materialized='incremental',
  incremental_strategy='insert_overwrite' if target.type == 'bigquery' else 'delete+insert',
  unique_key='day',
  partition_by={'field': 'day', 'data_type': 'date'} if target.type == 'bigquery' else none,
  on_schema_change='fail'
) }}

{# Days are counted wholly, so that the rows of a day replace those of the run before it. #}
{% set since = first_day_to_count(this) if is_incremental() else none %}
with events as (
  select
    {{ day_of('event_time') }} as day,
    account_id,
    identity_kind,
    identity_key,
    identity_name,
    event_source,
    event_name,
    event_time,
    case when error_code is not null or sign_in_result = 'Failure' then 1 else 0 end as is_error
  from {{ ref('event_actors') }}
  {% if since %}where event_time >= {{ timestamp_of("'" ~ since ~ "'") }}{% endif %}
)
select
  {{ hash_key(['day', 'account_id', 'identity_kind', 'identity_key', 'event_source', 'event_name']) }}
    as activity_id,
  day,
  account_id,
  identity_kind,
  identity_key,
  max(identity_name) as identity_name,
  event_source,
  event_name,
  count(*) as events,
  sum(is_error) as errors,
  min(event_time) as first_at,
  max(event_time) as last_at
from events
group by day, account_id, identity_kind, identity_key, event_source, event_name
