{# Reading JSON. `json` is an expression of the kind json (see types.sql), such as a column of a staging model; JSON that
   a schema calls a string, such as request_parameters of audit_events, is made one with json_of_text. #}

{# Text that is JSON, as JSON. #}
{% macro json_of_text(text) %}{{ return(as_kind(text, 'json', 'varchar' if target.type != 'bigquery' else 'string')) }}{% endmacro %}

{# What stands at a path, as text. `path` is a list of keys and of positions from 0. Objects and arrays are JSON text;
   null where there is nothing, or a JSON null. #}
{% macro json_text(json, path) %}{{ return(adapter.dispatch('json_text', 'aws_iam')(json, path)) }}{% endmacro %}

{# What stands at a path, as JSON. #}
{% macro json_at(json, path) %}{{ return(adapter.dispatch('json_at', 'aws_iam')(json, path)) }}{% endmacro %}

{# A JSONPath as a text literal: ["a", 0] is '$."a"[0]'. #}
{% macro json_path(path) %}
  {% set steps = ['$'] %}
  {% for step in path %}
    {% do steps.append('[' ~ step ~ ']' if step is number else '."' ~ step ~ '"') %}
  {% endfor %}
  {{ return("'" ~ (steps | join('') | replace("'", "''")) ~ "'") }}
{% endmacro %}

{# Keys and positions as arguments of a function. #}
{% macro json_arguments(path) %}
  {% set steps = [] %}
  {% for step in path %}{% do steps.append("'" ~ (step | string | replace("'", "''")) ~ "'") %}{% endfor %}
  {{ return(steps | join(', ')) }}
{% endmacro %}

{# Keys and positions as subscripts. #}
{% macro json_subscripts(path) %}
  {% set steps = [] %}
  {% for step in path %}
    {% do steps.append('[' ~ (step if step is number else "'" ~ (step | replace("'", "''")) ~ "'") ~ ']') %}
  {% endfor %}
  {{ return(steps | join('')) }}
{% endmacro %}

{% macro duckdb__json_text(json, path) %}
  {{ return('json_extract_string(' ~ json ~ ', ' ~ json_path(path) ~ ')') }}
{% endmacro %}

{% macro postgres__json_text(json, path) %}
  {{ return('jsonb_extract_path_text(' ~ json ~ ', ' ~ json_arguments(path) ~ ')') }}
{% endmacro %}

{% macro snowflake__json_text(json, path) %}
  {{ return('cast(' ~ json ~ json_subscripts(path) ~ ' as varchar)') }}
{% endmacro %}

{# JSON_VALUE is null for objects and arrays. #}
{% macro bigquery__json_text(json, path) %}
  {% set at = json ~ ', ' ~ json_path(path) %}
  {{ return('coalesce(json_value(' ~ at ~ '), nullif(to_json_string(json_query(' ~ at ~ ")), 'null'))") }}
{% endmacro %}

{# Paths into SUPER ignore the case of keys; text does not. An empty text becomes null: Redshift gives one for no key. #}
{% macro redshift__json_text(json, path) %}
  {{ return('nullif(json_extract_path_text(json_serialize(' ~ json ~ '), ' ~ json_arguments(path) ~ ", true), '')") }}
{% endmacro %}

{% macro duckdb__json_at(json, path) %}{{ return('json_extract(' ~ json ~ ', ' ~ json_path(path) ~ ')') }}{% endmacro %}

{% macro postgres__json_at(json, path) %}
  {{ return('jsonb_extract_path(' ~ json ~ ', ' ~ json_arguments(path) ~ ')') }}
{% endmacro %}

{% macro snowflake__json_at(json, path) %}{{ return(json ~ json_subscripts(path)) }}{% endmacro %}

{% macro bigquery__json_at(json, path) %}{{ return('json_query(' ~ json ~ ', ' ~ json_path(path) ~ ')') }}{% endmacro %}

{% macro redshift__json_at(json, path) %}{{ return('json_parse(' ~ json_text(json, path) ~ ')') }}{% endmacro %}


{# Join each row to the items of a JSON array: `from policies as p {{ unnest_json('p.actions', 'a') }}`, after which
   {{ item_text('a') }} and {{ item_json('a') }} are one item. A row without items vanishes: one of null, too. A value that is no array
   counts as an array of one: in policies, both are written. #}
{% macro unnest_json(json, alias) %}{{ return(adapter.dispatch('unnest_json', 'aws_iam')(json, alias)) }}{% endmacro %}

{# An item of unnest_json as JSON. #}
{% macro item_json(alias) %}{{ return(alias if target.type == 'redshift' else alias ~ '.value') }}{% endmacro %}

{# An item of unnest_json as text. #}
{% macro item_text(alias) %}{{ return(json_as_text(item_json(alias))) }}{% endmacro %}

{% macro duckdb__unnest_json(json, alias) %}
cross join unnest(
  case coalesce(json_type({{ json }}), 'NULL')
    when 'ARRAY' then cast({{ json }} as json[]) when 'NULL' then [] else [{{ json }}]
  end
) as {{ alias }} (value)
{% endmacro %}

{% macro postgres__unnest_json(json, alias) %}
cross join lateral jsonb_array_elements(
  case coalesce(jsonb_typeof({{ json }}), 'null')
    when 'array' then {{ json }} when 'null' then '[]'::jsonb else jsonb_build_array({{ json }})
  end
) as {{ alias }} (value)
{% endmacro %}

{% macro snowflake__unnest_json(json, alias) %}
cross join lateral flatten(input => iff(is_null_value({{ json }}), null, to_array({{ json }}))) as {{ alias }}
{% endmacro %}

{% macro bigquery__unnest_json(json, alias) %}
cross join unnest(array(
  select as struct value
  from unnest(
    case coalesce(json_type({{ json }}), 'null')
      when 'array' then json_query_array({{ json }}) when 'null' then [] else [{{ json }}]
    end
  ) as value
)) as {{ alias }}
{% endmacro %}

{# A SUPER that is no array is taken apart into itself. Only a column can be. #}
{% macro redshift__unnest_json(json, alias) %}
inner join {{ json }} as {{ alias }} on true
{% endmacro %}

{# A whole JSON value as text: a JSON text without its quotes, and null for a JSON null. #}
{% macro json_as_text(json) %}{{ return(adapter.dispatch('json_as_text', 'aws_iam')(json)) }}{% endmacro %}

{% macro duckdb__json_as_text(json) %}{{ return('json_extract_string(' ~ json ~ ", '$')") }}{% endmacro %}

{% macro postgres__json_as_text(json) %}{{ return('(' ~ json ~ " #>> '{}')") }}{% endmacro %}

{% macro snowflake__json_as_text(json) %}{{ return('cast(' ~ json ~ ' as varchar)') }}{% endmacro %}

{% macro bigquery__json_as_text(json) %}
  {{ return('coalesce(json_value(' ~ json ~ '), nullif(to_json_string(' ~ json ~ "), 'null'))") }}
{% endmacro %}

{% macro redshift__json_as_text(json) %}
  {{ return('case when is_varchar(' ~ json ~ ') then cast(' ~ json ~ ' as varchar) else json_serialize(' ~ json ~ ') end') }}
{% endmacro %}


{# Whether a JSON array has a text, given as an expression. An array that is null has none. #}
{% macro json_array_has(json, text) %}{{ return(adapter.dispatch('json_array_has', 'aws_iam')(json, text)) }}{% endmacro %}

{% macro duckdb__json_array_has(json, text) %}
  {{ return('coalesce(list_contains(json_extract_string(' ~ json ~ ", '$[*]'), " ~ text ~ '), false)') }}
{% endmacro %}

{% macro postgres__json_array_has(json, text) %}
  {{ return('coalesce(' ~ json ~ ' @> to_jsonb(cast(' ~ text ~ ' as text)), false)') }}
{% endmacro %}

{% macro snowflake__json_array_has(json, text) %}
  {{ return('coalesce(array_contains(to_variant(cast(' ~ text ~ ' as varchar)), as_array(' ~ json ~ ')), false)') }}
{% endmacro %}

{% macro bigquery__json_array_has(json, text) %}
  {{ return('exists(select 1 from unnest(json_value_array(' ~ json ~ ')) as one where one = ' ~ text ~ ')') }}
{% endmacro %}

{# Redshift does not search in a SUPER. Right for texts without quotes and backslashes, and for arrays of texts. #}
{% macro redshift__json_array_has(json, text) %}
  {{ return("coalesce(strpos(json_serialize(" ~ json ~ "), '\"' || " ~ text ~ " || '\"') > 0, false)") }}
{% endmacro %}
