-- What can this person do in production?
-- Production is the accounts of an organizational unit and below it. Put the name, id or ARN of the person in the first
-- place; any user or role will do. macros/what_can.sql says what the answers mean.
{% set production %}
  select a.account_id
  from {{ ref('stg_accounts') }} as a
  inner join {{ ref('stg_organizational_units') }} as u on substr(a.ou_path, 1, length(u.path)) = u.path
  where u.name = 'Production'
{% endset %}
{{ what_can(identity='person.000@example.com', accounts=production) }}
order by account_id, path, policy_name, statement_index, action, resource
