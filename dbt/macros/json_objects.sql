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
