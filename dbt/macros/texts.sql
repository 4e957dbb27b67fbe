{# The different texts of a group in their order, as one text; null where all of them are null. #}
{% macro texts_of_group(text, separator=', ') %}
  {{ return(adapter.dispatch('texts_of_group', 'aws_iam')(text, "'" ~ separator ~ "'")) }}
{% endmacro %}

{% macro default__texts_of_group(text, separator) %}
  {{ return('string_agg(distinct ' ~ text ~ ', ' ~ separator ~ ' order by ' ~ text ~ ')') }}
{% endmacro %}

{% macro snowflake__texts_of_group(text, separator) %}
  {{ return('nullif(listagg(distinct ' ~ text ~ ', ' ~ separator ~ ') within group (order by ' ~ text ~ "), '')") }}
{% endmacro %}

{% macro redshift__texts_of_group(text, separator) %}
  {{ return('listagg(distinct ' ~ text ~ ', ' ~ separator ~ ') within group (order by ' ~ text ~ ')') }}
{% endmacro %}


{# The text that the group in a regular expression matches; null where there is none. The expression has no quotes and no
   backslashes, which the databases write differently. #}
{% macro regex_group(text, expression) %}
  {{ return('nullif(' ~ adapter.dispatch('regex_group', 'aws_iam')(text, "'" ~ expression ~ "'") ~ ", '')") }}
{% endmacro %}

{% macro duckdb__regex_group(text, expression) %}{{ return('regexp_extract(' ~ text ~ ', ' ~ expression ~ ', 1)') }}{% endmacro %}

{% macro postgres__regex_group(text, expression) %}{{ return('substring(' ~ text ~ ' from ' ~ expression ~ ')') }}{% endmacro %}

{% macro snowflake__regex_group(text, expression) %}
  {{ return('regexp_substr(' ~ text ~ ', ' ~ expression ~ ", 1, 1, 'e', 1)") }}
{% endmacro %}

{% macro bigquery__regex_group(text, expression) %}{{ return('regexp_extract(' ~ text ~ ', ' ~ expression ~ ')') }}{% endmacro %}

{% macro redshift__regex_group(text, expression) %}
  {{ return('regexp_substr(' ~ text ~ ', ' ~ expression ~ ", 1, 1, 'e')") }}
{% endmacro %}


{# A key of 32 hexadecimal digits of some expressions of any kind but json. Null and the empty text are different. #}
{% macro hash_key(expressions) %}
  {% set parts = [] %}
  {% for expression in expressions %}
    {# The character in front of a value is none that a value of AWS has. #}
    {% do parts.append('coalesce(chr(2) || cast(' ~ expression ~ ' as ' ~ type_of('text') ~ "), chr(3))") %}
  {% endfor %}
  {{ return(adapter.dispatch('md5_of', 'aws_iam')(parts | join(' || '))) }}
{% endmacro %}

{% macro default__md5_of(text) %}{{ return('md5(' ~ text ~ ')') }}{% endmacro %}

{% macro bigquery__md5_of(text) %}{{ return('to_hex(md5(' ~ text ~ '))') }}{% endmacro %}

{# A text as SQL. #}
{% macro text_literal(text) %}{{ return(adapter.dispatch('text_literal', 'aws_iam')(text)) }}{% endmacro %}

{% macro default__text_literal(text) %}{{ return("'" ~ (text | replace("'", "''")) ~ "'") }}{% endmacro %}

{# Three warehouses take a backslash for the beginning of an escape sequence. #}
{% macro snowflake__text_literal(text) %}
  {{ return(aws_iam.default__text_literal(text | replace('\\', '\\\\'))) }}
{% endmacro %}

{% macro redshift__text_literal(text) %}{{ return(aws_iam.snowflake__text_literal(text)) }}{% endmacro %}

{% macro bigquery__text_literal(text) %}
  {{ return("'" ~ (text | replace('\\', '\\\\') | replace("'", "\\'")) ~ "'") }}
{% endmacro %}

{# What stands in the brackets of `in`: of a list of accounts, or of a query. #}
{% macro accounts_of(accounts) %}
  {% if accounts is string %}{{ return(accounts) }}{% endif %}
  {% set literals = [] %}
  {% for account in accounts %}{% do literals.append(text_literal(account)) %}{% endfor %}
  {{ return(literals | join(', ')) }}
{% endmacro %}

{# Two texts as one; null where both are. #}
{% macro joined_texts(one, other, separator) %}
  {% set both = one ~ " || '" ~ separator ~ "' || " ~ other %}
  {{ return('coalesce(' ~ both ~ ', ' ~ one ~ ', ' ~ other ~ ')') }}
{% endmacro %}
