{# Statements of IAM policies against actions and resources. What a statement says of a resource has three values:
   2 it applies, 1 it may apply, 0 it does not. It may where a policy variable (${aws:username}) stands in its way:
   what its value will be, only the request tells.
   https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html #}

{# All matches of a regular expression replaced. Written with brackets, and without backslashes: databases differ there. #}
{% macro replace_regex(text, regex, by) %}
  {{ return(adapter.dispatch('replace_regex', 'aws_iam')(text, "'" ~ regex ~ "'", "'" ~ by ~ "'")) }}
{% endmacro %}

{% macro default__replace_regex(text, regex, by) %}
  {{ return('regexp_replace(' ~ text ~ ', ' ~ regex ~ ', ' ~ by ~ ')') }}
{% endmacro %}

{% macro duckdb__replace_regex(text, regex, by) %}
  {{ return('regexp_replace(' ~ text ~ ', ' ~ regex ~ ', ' ~ by ~ ", 'g')") }}
{% endmacro %}

{% macro postgres__replace_regex(text, regex, by) %}
  {{ return('regexp_replace(' ~ text ~ ', ' ~ regex ~ ', ' ~ by ~ ", 'g')") }}
{% endmacro %}

{# Its dialect derives from that of PostgreSQL, but replaces all matches without being told to. #}
{% macro redshift__replace_regex(text, regex, by) %}
  {{ return('regexp_replace(' ~ text ~ ', ' ~ regex ~ ', ' ~ by ~ ')') }}
{% endmacro %}

{# A pattern with * for each policy variable. ${*}, ${?} and ${$} are characters and no variables. #}
{% macro without_variables(pattern) %}{{ return(replace_regex(pattern, '[$][{][^*?$}][^}]*[}]', '*')) }}{% endmacro %}


{# JSON as an array: what a policy may write as one value becomes an array of one, and nothing an empty array. #}
{% macro json_list(json) %}{{ return(adapter.dispatch('json_list', 'aws_iam')(json)) }}{% endmacro %}

{% macro duckdb__json_list(json) %}
case
  when coalesce(json_type({{ json }}), 'NULL') = 'NULL' then cast('[]' as json)
  when json_type({{ json }}) = 'ARRAY' then {{ json }}
  else json_array({{ json }})
end
{% endmacro %}

{% macro postgres__json_list(json) %}
case
  when coalesce(jsonb_typeof({{ json }}), 'null') = 'null' then cast('[]' as jsonb)
  when jsonb_typeof({{ json }}) = 'array' then {{ json }}
  else jsonb_build_array({{ json }})
end
{% endmacro %}

{% macro snowflake__json_list(json) %}
to_variant(iff(coalesce(is_null_value({{ json }}), true), array_construct(), to_array({{ json }})))
{% endmacro %}

{% macro bigquery__json_list(json) %}
case
  when coalesce(json_type({{ json }}), 'null') = 'null' then json_array()
  when json_type({{ json }}) = 'array' then {{ json }}
  else json_array({{ json }})
end
{% endmacro %}

{% macro redshift__json_list(json) %}
case
  when {{ json }} is null then json_parse('[]')
  when is_array({{ json }}) then {{ json }}
  else array({{ json }})
end
{% endmacro %}


{# A query of the statements (statement_id) that an action, given as an expression, falls under. #}
{% macro statements_of_action(action) %}
select statement_id
from {{ ref('statement_patterns') }}
where element in ('action', 'not_action')
group by statement_id
having
  max(case when element = 'action' and {{ matches_pattern(action, 'pattern', true) }} then 1 else 0 end) = 1
  or (
    max(case when element = 'not_action' then 1 else 0 end) = 1
    and max(case when element = 'not_action' and {{ matches_pattern(action, 'pattern', true) }} then 1 else 0 end) = 0
  )
{% endmacro %}

{# A query of the statements that apply to an action on resources: statement_id, resource, and strength, 2 or 1.
   `resources` is a relation with the column `resource`. #}
{% macro statements_of_resources(action, resources) %}
select statement_id, resource, strength
from (
  select
    p.statement_id,
    t.resource,
    case max(case when p.element = 'not_resource' then 1 else 0 end)
      when 1 then 2 - max(case when p.element = 'not_resource' then {{ pattern_strength('t.resource') }} else 0 end)
      else max({{ pattern_strength('t.resource') }})
    end as strength
  from {{ ref('statement_patterns') }} as p
  inner join ({{ statements_of_action(action) }}) as a on a.statement_id = p.statement_id
  cross join {{ resources }} as t
  where p.element in ('resource', 'not_resource')
  group by p.statement_id, t.resource
) as of_resources
where strength > 0
{% endmacro %}

{# What the pattern of the row `p` of statement_patterns says of a resource. #}
{% macro pattern_strength(resource) %}
  {{ return(
    'case when not ' ~ matches_pattern(resource, 'p.loose_pattern')
    ~ ' then 0 when p.loose_pattern = p.pattern then 2 else 1 end'
  ) }}
{% endmacro %}

{# Three values as people read them. #}
{% macro yes_conditional_no(strength) %}
  {{ return('case ' ~ strength ~ " when 2 then 'yes' when 1 then 'conditional' when 0 then 'no' end") }}
{% endmacro %}

{# The principal that a permission set is in an account whose roles were not read. #}
{% macro permission_set_principal(permission_set_arn, account_id) %}
  {{ return(permission_set_arn ~ " || '@' || " ~ account_id) }}
{% endmacro %}

{# The ARN that names an account as a principal. #}
{% macro account_arn(aws_partition, account_id) %}
  {{ return("'arn:' || " ~ aws_partition ~ " || ':iam::' || " ~ account_id ~ " || ':root'") }}
{% endmacro %}

{# The strength of the row `alias` of statements where it applies with `strength`: conditions make it uncertain. #}
{% macro strength_of_statement(alias, strength) %}
  {{ return('case when ' ~ alias ~ '.has_conditions then 1 else ' ~ strength ~ ' end') }}
{% endmacro %}

{# The conditions of a step from one identity to a role, as one text; null where there are none. #}
{% macro conditions_of_step(alias) %}
  {% set texts = namespace(sql=[]) %}
  {% for column in ('conditions', 'policy_conditions', 'deny_conditions') %}
    {% do texts.sql.append("coalesce(' | ' || " ~ alias ~ '.' ~ column ~ ", '')") %}
  {% endfor %}
  {{ return("nullif(substr(" ~ texts.sql | join(' || ') ~ ", 4), '')") }}
{% endmacro %}
