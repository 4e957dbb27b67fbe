{# The value of the first of some tags that is there and not empty; null without any. `tags` is an object. #}
{% macro first_of_tags(tags, keys) %}
  {% set values = [] %}
  {% for key in keys %}{% do values.append("nullif(" ~ json_text(tags, [key]) ~ ", '')") %}{% endfor %}
  {# One alone is no list for every database. #}
  {% do values.append('cast(null as ' ~ type_of('text') ~ ')') %}
  {{ return('coalesce(' ~ (values | join(', ')) ~ ')') }}
{% endmacro %}
