{# The rows of a stream as they are now, with the same columns and types in every database. Without the table, it is an
   empty relation with the same columns; a column that the table lacks is null. Both are warned of. Of a key that is there
   more than once, as in append mode, the newest row is left. Of an inventory, only the rows of the last sync are: what it
   does not bring any more is gone. #}
{% macro staging(stream) %}
  {% set landed = source('aws_iam', stream) %}
  {# While dbt parses, there is no database to ask. #}
  {% if not execute %}{{ return('') }}{% endif %}
  {% set shape = stream_shapes()[stream] %}
  {% set kinds = dict(shape.columns, _airbyte_extracted_at='timestamp') %}
  {% set relation = landed_table(stream, landed) %}
  {% if relation is none %}{{ return(no_rows(kinds)) }}{% endif %}
  {{ return(newest_rows(relation, landed_columns(stream, relation, kinds), kinds, shape)) }}
{% endmacro %}

{# The relation of a stream's table; none, with a warning, where it is missing. #}
{% macro landed_table(stream, landed) %}
  {% for absent in var('aws_iam_absent_streams') %}
    {% if stream == absent or (absent.endswith('*') and stream.startswith(absent[:-1])) %}{{ return(none) }}{% endif %}
  {% endfor %}
  {% set relation = load_relation(landed) %}
  {% if relation is none %}
    {% do exceptions.warn(
      'aws_iam: there is no table ' ~ landed.render() ~ ', so stg_' ~ stream ~ ' is empty. Select the stream ' ~ stream
      ~ ' in Airbyte, or name it in the variable aws_iam_absent_streams.'
    ) %}
  {% endif %}
  {{ return(relation) }}
{% endmacro %}

{# {name: column} of a table, with a warning of the columns in `kinds` that it lacks. #}
{% macro landed_columns(stream, relation, kinds) %}
  {% set found = {} %}
  {% for column in adapter.get_columns_in_relation(relation) %}{% do found.update({column.name | lower: column}) %}{% endfor %}
  {% set missing = kinds | reject('in', found) | list %}
  {% if missing %}
    {% do exceptions.warn(
      'aws_iam: the table ' ~ relation.render() ~ ' lacks columns, so they are null in stg_' ~ stream ~ ': '
      ~ (missing | join(', ')) ~ '. A sync with a newer version of source-aws-iam brings them.'
    ) %}
  {% endif %}
  {{ return(found) }}
{% endmacro %}

{# Some column names are reserved words in one of the databases: partition, user. #}
{% macro column_name(name) %}
  {{ return(adapter.quote(name | upper if target.type == 'snowflake' else name)) }}
{% endmacro %}

{% macro no_rows(kinds) %}
select
{%- for name, kind in kinds.items() %}
  cast(null as {{ type_of(kind) }}) as {{ column_name(name) }}{{ ',' if not loop.last }}
{%- endfor %}
from (select 1 as one) as nothing
where false
{% endmacro %}

{% macro newest_rows(relation, found, kinds, shape) %}
{% set syncs = sync_numbers(found) if shape.is_inventory else {} %}
{% set missing = kinds | reject('in', found) | list %}
with landed as (
  select
    {%- for name, kind in kinds.items() %}
    {% set column = as_kind(column_name_of(found[name]), kind, found[name].data_type) if name in found
      else 'cast(null as ' ~ type_of(kind) ~ ')' -%}
    {# A column that the table lacks was shown as little as one that AWS denied. #}
    {%- if name == 'unavailable_fields' and missing %}{% set column = json_array_with(column, missing) %}{% endif -%}
    {{ column }} as {{ column_name(name) }}{{ ',' if not loop.last or syncs }}
    {%- endfor %}
    {%- for name, number in syncs.items() %}
    {{ number }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
  from {{ relation }}
  {%- if shape.is_inventory and var('aws_iam_last_sync_began') and '_airbyte_extracted_at' in found %}
  where {{ as_kind('_airbyte_extracted_at', 'timestamp', found['_airbyte_extracted_at'].data_type) }}
    >= {{ timestamp_of("'" ~ var('aws_iam_last_sync_began') ~ "'") }}
  {%- endif %}
),
numbered as (
  select
    *,
    {%- for name in syncs %}
    max({{ name }}) over () as last_{{ name }},
    {%- endfor %}
    {#- The cursor of a row never changes. A database reads only those rows whose partition of a window a filter lets
        through: with the cursor in it, the newest days alone of events. #}
    row_number() over (
      partition by {% for name in shape.key + shape.cursor %}{{ column_name(name) }}{{ ', ' if not loop.last }}{% endfor %}
      order by _airbyte_extracted_at desc
    ) as newest_of_key
  from landed
)
select
{%- for name in kinds %}
  {{ column_name(name) }}{{ ',' if not loop.last }}
{%- endfor %}
from numbered
where newest_of_key = 1
{%- for name in syncs %}
  and ({{ name }} = last_{{ name }} or {{ name }} is null)
{%- endfor %}
{% endmacro %}

{# A column as the table spells it. #}
{% macro column_name_of(column) %}{{ return(adapter.quote(column.name)) }}{% endmacro %}

{# What Airbyte says of the sync that brought a row: its number, and that of the generation. PyAirbyte says neither. #}
{% macro sync_numbers(found) %}
  {% set numbers = {} %}
  {% if '_airbyte_meta' in found %}
    {% set meta = as_kind(column_name_of(found['_airbyte_meta']), 'json', found['_airbyte_meta'].data_type) %}
    {% do numbers.update({'sync_id': 'cast(' ~ json_text(meta, ['sync_id']) ~ ' as ' ~ type_of('integer') ~ ')'}) %}
  {% endif %}
  {% if '_airbyte_generation_id' in found %}
    {% do numbers.update({'generation_id': 'cast(_airbyte_generation_id as ' ~ type_of('integer') ~ ')'}) %}
  {% endif %}
  {{ return(numbers) }}
{% endmacro %}
