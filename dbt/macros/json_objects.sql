{# An object of JSON. `members` is {key: expression}; a null stays in it. #}
{% macro json_object_of(members) %}{{ return(adapter.dispatch('json_object_of', 'aws_iam')(members)) }}{% endmacro %}

{# Keys and expressions as arguments of a function. #}
{% macro json_members(members) %}
  {% set arguments = [] %}
  {% for key, expression in members.items() %}{% do arguments.append("'" ~ key ~ "', " ~ expression) %}{% endfor %}
  {{ return(arguments | join(', ')) }}
{% endmacro %}

{% macro default__json_object_of(members) %}{{ return('json_object(' ~ json_members(members) ~ ')') }}{% endmacro %}

{% macro postgres__json_object_of(members) %}{{ return('jsonb_build_object(' ~ json_members(members) ~ ')') }}{% endmacro %}

{% macro snowflake__json_object_of(members) %}
  {{ return('to_variant(object_construct_keep_null(' ~ json_members(members) ~ '))') }}
{% endmacro %}

{% macro redshift__json_object_of(members) %}{{ return('object(' ~ json_members(members) ~ ')') }}{% endmacro %}


{# A JSON array of texts with some more, given as a list; those alone where it is null. #}
{% macro json_array_with(json, texts) %}
  {% set more = [] %}
  {% for text in texts %}{% do more.append('"' ~ text ~ '"') %}{% endfor %}
  {% set more = "'[" ~ more | join(', ') ~ "]'" %}
  {{ return('coalesce(' ~ adapter.dispatch('json_arrays', 'aws_iam')(json, json_of_text(more)) ~ ', ' ~ json_of_text(more) ~ ')') }}
{% endmacro %}

{# Two JSON arrays of texts as one. #}
{% macro duckdb__json_arrays(one, other) %}
  {{ return('to_json(cast(' ~ one ~ ' as varchar[]) || cast(' ~ other ~ ' as varchar[]))') }}
{% endmacro %}

{% macro postgres__json_arrays(one, other) %}{{ return('(' ~ one ~ ' || ' ~ other ~ ')') }}{% endmacro %}

{% macro snowflake__json_arrays(one, other) %}
  {{ return('to_variant(array_cat(as_array(' ~ one ~ '), as_array(' ~ other ~ ')))') }}
{% endmacro %}

{% macro bigquery__json_arrays(one, other) %}
  {{ return('to_json(array_concat(json_value_array(' ~ one ~ '), json_value_array(' ~ other ~ ')))') }}
{% endmacro %}

{% macro redshift__json_arrays(one, other) %}{{ return('array_concat(' ~ one ~ ', ' ~ other ~ ')') }}{% endmacro %}
