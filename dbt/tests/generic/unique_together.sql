{# Fails for each combination of values that is there more than once. #}
{% test unique_together(model, columns) %}
select
  {% for name in columns %}{{ column_name(name) }}, {% endfor %}
  count(*) as how_many
from {{ model }}
group by {% for name in columns %}{{ column_name(name) }}{{ ', ' if not loop.last }}{% endfor %}
having count(*) > 1
{% endtest %}
