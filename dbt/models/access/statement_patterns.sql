{{ config(materialized='table') }}

{% set elements = {
  'action': 'actions', 'not_action': 'not_actions', 'resource': 'resources', 'not_resource': 'not_resources'
} %}
with patterns as (
  {%- for element, column in elements.items() %}
  select s.statement_id, '{{ element }}' as element, {{ item_text('i') }} as pattern
  from {{ ref('statements') }} as s {{ unnest_json('s.' ~ column, 'i') }}
  {{ 'union all' if not loop.last }}
  {%- endfor %}
)
-- A document may name the same pattern twice.
select distinct
  statement_id,
  element,
  pattern,
  case
    when element in ('resource', 'not_resource') then {{ without_variables('pattern') }} else pattern
  end as loose_pattern
from patterns
where pattern is not null
