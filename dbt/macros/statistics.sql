{# What has the database count the rows and values of a model, after it is made.

   PostgreSQL plans queries of a new table by guesses until its autovacuum gets there, about a minute later. Joins of
   models in that minute took a thousand times as long. Redshift counts on its own, as all others do. #}
{% macro statistics() %}{{ return(adapter.dispatch('statistics', 'aws_iam')()) }}{% endmacro %}

{% macro default__statistics() %}{% endmacro %}

{% macro postgres__statistics() %}
  {%- if model.config.materialized in ('table', 'incremental') -%} analyze {{ this }} {%- endif -%}
{% endmacro %}

{# Without it, Redshift would take that of PostgreSQL. #}
{% macro redshift__statistics() %}{% endmacro %}
