{# The present in UTC, as a timestamp; aws_iam_now in its place where it is set, as in tests. #}
{% macro now_utc() %}
  {% if var('aws_iam_now') %}{{ return(timestamp_of("'" ~ var('aws_iam_now') ~ "'")) }}{% endif %}
  {{ return(adapter.dispatch('now_utc', 'aws_iam')()) }}
{% endmacro %}

{# A text such as '2026-11-30 12:00:00', in UTC, as a timestamp. #}
{% macro timestamp_of(text) %}{{ return('cast(' ~ text ~ ' as ' ~ type_of('timestamp') ~ ')') }}{% endmacro %}

{% macro default__now_utc() %}{{ return("timezone('UTC', now())") }}{% endmacro %}

{% macro snowflake__now_utc() %}{{ return('sysdate()') }}{% endmacro %}

{% macro bigquery__now_utc() %}{{ return('current_timestamp()') }}{% endmacro %}

{% macro redshift__now_utc() %}{{ return("timezone('UTC', current_timestamp)") }}{% endmacro %}


{# So many days before the present, as a timestamp. #}
{% macro days_ago(days) %}{{ return(adapter.dispatch('days_ago', 'aws_iam')(days)) }}{% endmacro %}

{% macro default__days_ago(days) %}{{ return('(' ~ now_utc() ~ " - interval '" ~ days ~ " days')") }}{% endmacro %}

{% macro snowflake__days_ago(days) %}{{ return("dateadd('day', -" ~ days ~ ', ' ~ now_utc() ~ ')') }}{% endmacro %}

{% macro bigquery__days_ago(days) %}
  {{ return('timestamp_sub(' ~ now_utc() ~ ', interval ' ~ days ~ ' day)') }}
{% endmacro %}

{% macro redshift__days_ago(days) %}{{ return('dateadd(day, -' ~ days ~ ', ' ~ now_utc() ~ ')') }}{% endmacro %}


{# The whole days from one timestamp to a later one; negative if it is earlier. #}
{% macro days_between(earlier, later) %}
  {{ return('cast(floor((' ~ adapter.dispatch('seconds_between', 'aws_iam')(earlier, later) ~ ') / 86400.0) as ' ~ type_of('integer') ~ ')') }}
{% endmacro %}

{% macro default__seconds_between(earlier, later) %}
  {{ return('extract(epoch from (' ~ later ~ ') - (' ~ earlier ~ '))') }}
{% endmacro %}

{% macro snowflake__seconds_between(earlier, later) %}
  {{ return("datediff('second', " ~ earlier ~ ', ' ~ later ~ ')') }}
{% endmacro %}

{% macro bigquery__seconds_between(earlier, later) %}
  {{ return('timestamp_diff(' ~ later ~ ', ' ~ earlier ~ ', second)') }}
{% endmacro %}

{% macro redshift__seconds_between(earlier, later) %}
  {{ return('datediff(second, ' ~ earlier ~ ', ' ~ later ~ ')') }}
{% endmacro %}


{# The day of a timestamp, as a date. #}
{% macro day_of(timestamp) %}{{ return('cast(' ~ timestamp ~ ' as date)') }}{% endmacro %}

{# The first day that an incremental run counts again, as text: aws_iam_lookback_days before the newest one of `relation`,
   because CloudTrail delivers events late. Null where that is empty. It is asked for before the run, because only a value
   that stands in the SQL lets the databases leave out the older days. #}
{% macro first_day_to_count(relation) %}
  {% if not execute %}{{ return(none) }}{% endif %}
  {% set newest = run_query('select cast(max(day) as ' ~ type_of('text') ~ ') as newest from ' ~ relation).columns[0].values()[0] %}
  {% if newest is none %}{{ return(none) }}{% endif %}
  {% set day = modules.datetime.datetime.strptime(newest[:10], '%Y-%m-%d') %}
  {{ return((day - modules.datetime.timedelta(days=var('aws_iam_lookback_days'))).strftime('%Y-%m-%d')) }}
{% endmacro %}

{# The latest of some timestamps; nulls do not count. #}
{% macro greatest_of(timestamps) %}
  {% set beginning = timestamp_of("'0001-01-01 00:00:00'") %}
  {% set filled = [] %}
  {% for one in timestamps %}{% do filled.append('coalesce(' ~ one ~ ', ' ~ beginning ~ ')') %}{% endfor %}
  {{ return('nullif(greatest(' ~ filled | join(', ') ~ '), ' ~ beginning ~ ')') }}
{% endmacro %}
