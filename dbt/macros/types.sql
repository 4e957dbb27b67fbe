{# The type of a kind of column, as the schemas of the connector have them: text, integer, boolean, json or timestamp.
   A timestamp is UTC, without a zone where the database has such a type. #}
{% macro type_of(kind) %}{{ return(adapter.dispatch('type_of', 'aws_iam')(kind)) }}{% endmacro %}

{% macro duckdb__type_of(kind) %}
  {{ return({'text': 'varchar', 'integer': 'bigint', 'boolean': 'boolean', 'json': 'json', 'timestamp': 'timestamp'}[kind]) }}
{% endmacro %}

{% macro postgres__type_of(kind) %}
  {{ return({'text': 'text', 'integer': 'bigint', 'boolean': 'boolean', 'json': 'jsonb', 'timestamp': 'timestamp'}[kind]) }}
{% endmacro %}

{% macro snowflake__type_of(kind) %}
  {{ return({'text': 'varchar', 'integer': 'number(38, 0)', 'boolean': 'boolean', 'json': 'variant', 'timestamp': 'timestamp_ntz'}[kind]) }}
{% endmacro %}

{% macro bigquery__type_of(kind) %}
  {{ return({'text': 'string', 'integer': 'int64', 'boolean': 'bool', 'json': 'json', 'timestamp': 'timestamp'}[kind]) }}
{% endmacro %}

{% macro redshift__type_of(kind) %}
  {{ return({'text': 'varchar(65535)', 'integer': 'bigint', 'boolean': 'boolean', 'json': 'super', 'timestamp': 'timestamp'}[kind]) }}
{% endmacro %}


{# `expression` as a kind of column. `landed` is the type that it has: warehouses and versions of Airbyte differ in it. #}
{% macro as_kind(expression, kind, landed) %}
  {% if kind == 'timestamp' %}
    {{ return(adapter.dispatch('as_timestamp', 'aws_iam')(expression, landed | lower)) }}
  {% elif kind == 'json' %}
    {{ return(adapter.dispatch('as_json', 'aws_iam')(expression, landed | lower)) }}
  {% endif %}
  {{ return('cast(' ~ expression ~ ' as ' ~ type_of(kind) ~ ')') }}
{% endmacro %}

{% macro duckdb__as_timestamp(expression, landed) %}
  {% if landed == 'timestamp with time zone' %}{{ return('timezone(\'UTC\', ' ~ expression ~ ')') }}{% endif %}
  {{ return('cast(' ~ expression ~ ' as timestamp)') }}
{% endmacro %}

{% macro postgres__as_timestamp(expression, landed) %}
  {% if landed == 'timestamp without time zone' %}{{ return(expression) }}{% endif %}
  {{ return('timezone(\'UTC\', cast(' ~ expression ~ ' as timestamp with time zone))') }}
{% endmacro %}

{% macro snowflake__as_timestamp(expression, landed) %}
  {% if landed.startswith('timestamp_ntz') %}{{ return(expression) }}{% endif %}
  {{ return('cast(convert_timezone(\'UTC\', cast(' ~ expression ~ ' as timestamp_tz)) as timestamp_ntz)') }}
{% endmacro %}

{% macro bigquery__as_timestamp(expression, landed) %}
  {{ return('cast(' ~ expression ~ ' as timestamp)') }}
{% endmacro %}

{% macro redshift__as_timestamp(expression, landed) %}
  {% if landed in ('timestamp without time zone', 'timestamp') %}{{ return(expression) }}{% endif %}
  {{ return('timezone(\'UTC\', cast(' ~ expression ~ ' as timestamptz))') }}
{% endmacro %}

{% macro duckdb__as_json(expression, landed) %}{{ return('cast(' ~ expression ~ ' as json)') }}{% endmacro %}

{% macro postgres__as_json(expression, landed) %}{{ return('cast(' ~ expression ~ ' as jsonb)') }}{% endmacro %}

{% macro snowflake__as_json(expression, landed) %}
  {% if landed.startswith(('varchar', 'character', 'text', 'string')) %}
    {{ return('parse_json(' ~ expression ~ ')') }}
  {% endif %}
  {{ return('to_variant(' ~ expression ~ ')') }}
{% endmacro %}

{% macro bigquery__as_json(expression, landed) %}
  {% if landed == 'string' %}
    {{ return('parse_json(' ~ expression ~ ', wide_number_mode => \'round\')') }}
  {% endif %}
  {{ return(expression) }}
{% endmacro %}

{% macro redshift__as_json(expression, landed) %}
  {% if landed.startswith(('varchar', 'character')) %}{{ return('json_parse(' ~ expression ~ ')') }}{% endif %}
  {{ return(expression) }}
{% endmacro %}
