{# Whether a text matches a pattern of IAM, both given as expressions. * is any text, also over colons and slashes, and ?
   is one character. ${*}, ${?} and ${$} are the characters themselves. IAM ignores the case of actions, and keeps to that
   of resources and of values with StringLike.
   https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html #}
{% macro matches_pattern(text, pattern, ignore_case=false) %}
  {% if ignore_case %}
    {% set text, pattern = 'lower(' ~ text ~ ')', 'lower(' ~ pattern ~ ')' %}
  {% endif %}
  {{ return(adapter.dispatch('like_pattern', 'aws_iam')(text, pattern)) }}
{% endmacro %}

{# The pattern as one of LIKE, whose escape character `escape` is given as a text literal. The steps are taken in order:
   what is escaped last would escape what stands there already. #}
{% macro iam_to_like(pattern, escape) %}
  {% set result = namespace(sql=pattern) %}
  {% set steps = [
    (escape, escape ~ ' || ' ~ escape), ("'%'", escape ~ " || '%'"), ("'_'", escape ~ " || '_'"),
    ("'${*}'", 'chr(1)'), ("'${?}'", 'chr(2)'), ("'${$}'", "'$'"),
    ("'*'", "'%'"), ("'?'", "'_'"), ('chr(1)', "'*'"), ('chr(2)', "'?'")
  ] %}
  {% for old, new in steps %}{% set result.sql = 'replace(' ~ result.sql ~ ', ' ~ old ~ ', ' ~ new ~ ')' %}{% endfor %}
  {{ return(result.sql) }}
{% endmacro %}

{% macro default__like_pattern(text, pattern) %}
  {{ return('(' ~ text ~ ' like ' ~ iam_to_like(pattern, "'!'") ~ " escape '!')") }}
{% endmacro %}

{# The escape character of BigQuery's LIKE is the backslash. #}
{% macro bigquery__like_pattern(text, pattern) %}
  {{ return('(' ~ text ~ ' like ' ~ iam_to_like(pattern, "'\\\\'") ~ ')') }}
{% endmacro %}
