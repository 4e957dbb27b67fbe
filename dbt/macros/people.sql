{# The person whose name this is, where one alone has it: names are compared as AWS compares them, whatever their case. #}
{% macro person_of_name(people) %}
select
  lower(user_name) as name,
  min(kind) as kind,
  min(identity_key) as identity_key,
  min(user_name) as user_name
from {{ people }}
where user_name is not null
group by lower(user_name)
having count(*) = 1
{% endmacro %}
