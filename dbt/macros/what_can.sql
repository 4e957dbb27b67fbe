{# A query: what an identity can do in some accounts, as {{ what_can('ana@example.com', ['111122223333']) }}.

   `identity` is a name, an id or an ARN. One row for each statement that allows something, with each of its patterns of
   actions and of resources, and for each path and principal that the identity acts as. `answer` is of all that the row
   allows: yes, all of it; no, a statement denies all of it; conditional, anything between: conditions, policy variables,
   a path that depends on conditions, or a denial of a part or with conditions, which `denied_by` names.

   A boundary and the policies of the organization may allow less: they are named, and not evaluated. To evaluate them,
   ask who_can of one action and resource.

   `accounts`: a list of ids, or a query of them. #}
{% macro what_can(identity, accounts) %}
with mine as (
  select *
  from {{ ref('access_grants') }}
  where {{ text_literal(identity) }} in (identity_key, identity_name, identity_arn)
    and account_id in ({{ accounts_of(accounts) }})
),
exceptions as (
  select
    statement_id,
    {{ texts_of_group("case when element = 'not_action' then pattern end") }} as not_actions,
    {{ texts_of_group("case when element = 'not_resource' then pattern end") }} as not_resources
  from {{ ref('statement_patterns') }}
  group by statement_id
),
allowed as (
  select
    m.grant_id,
    m.principal_id,
    coalesce(a.pattern, '*') as action,
    coalesce(r.pattern, '*') as resource,
    coalesce(r.loose_pattern, '*') as loose_resource,
    e.not_actions,
    e.not_resources
  from mine as m
  inner join exceptions as e on e.statement_id = m.statement_id
  left join {{ ref('statement_patterns') }} as a on a.statement_id = m.statement_id and a.element = 'action'
  left join {{ ref('statement_patterns') }} as r on r.statement_id = m.statement_id and r.element = 'resource'
  where m.effect = 'Allow'
    and (a.pattern is not null or e.not_actions is not null)
    and (r.pattern is not null or e.not_resources is not null)
),
questions as (
  select distinct principal_id, action, loose_resource from allowed
),
denials as (
  select distinct principal_id, statement_id, policy_name, has_conditions
  from mine
  where effect = 'Deny'
),
-- Whether a denial covers a pattern, and whether they have anything in common. The latter is said in doubt.
compared as (
  select
    q.principal_id,
    q.action,
    q.loose_resource,
    d.statement_id,
    d.policy_name,
    d.has_conditions,
    {{ pattern_comparison('action', 'q.action', 'p.pattern', 'p.pattern', true) }},
    {{ pattern_comparison('resource', 'q.loose_resource', 'p.loose_pattern', 'p.pattern', false) }}
  from questions as q
  inner join denials as d on d.principal_id = q.principal_id
  inner join {{ ref('statement_patterns') }} as p on p.statement_id = d.statement_id
  group by q.principal_id, q.action, q.loose_resource, d.statement_id, d.policy_name, d.has_conditions
),
denied as (
  select
    principal_id as denied_principal,
    action as denied_action,
    loose_resource as denied_resource,
    max(case when action_covered = 1 and resource_covered = 1 and not has_conditions then 1 else 0 end) as entirely,
    {{ texts_of_group('policy_name') }} as denied_by
  from compared
  where action_shared = 1 and resource_shared = 1
  group by principal_id, action, loose_resource
)
select
  m.identity_kind,
  m.identity_key,
  m.identity_name,
  m.account_id,
  m.path,
  m.group_name,
  m.permission_set_name,
  m.assumed_from_id,
  m.principal_id,
  m.principal_name,
  m.principal_arn,
  m.policy_name,
  m.statement_id,
  m.statement_index,
  m.sid,
  a.action,
  a.not_actions,
  a.resource,
  a.not_resources,
  case
    when d.entirely = 1 then 'no'
    when d.entirely = 0 or m.has_conditions or m.path_answer <> 'yes' or a.loose_resource <> a.resource
      then 'conditional'
    else 'yes'
  end as answer,
  d.denied_by,
  case when a.loose_resource <> a.resource then a.resource end as unresolved_pattern,
  m.conditions,
  m.permissions_boundary,
  m.service_control_policies,
  m.resource_control_policies
from allowed as a
inner join mine as m on m.grant_id = a.grant_id
left join denied as d
  on d.denied_principal = a.principal_id and d.denied_action = a.action and d.denied_resource = a.loose_resource
{% endmacro %}

{# Two columns of a group of patterns `p` of a denial, against a pattern that is allowed: <element>_covered, whether the
   denial is of all that the pattern means, and <element>_shared, whether it may be of some of it. `loose` is the
   denial's pattern with every policy variable as *, and `exact` as it is written: a variable covers nothing for certain. #}
{% macro pattern_comparison(element, allowed, loose, exact, ignore_case) %}
  {% set covers = 'case when ' ~ pattern_covers(exact, allowed, ignore_case) ~ ' then 1 else 0 end' %}
  {% set shares = 'case when ' ~ patterns_may_share(loose, allowed, ignore_case) ~ ' then 1 else 0 end' %}
  {% set excepted = "p.element = 'not_" ~ element ~ "'" %}
case max(case when {{ excepted }} then 1 else 0 end)
      when 1 then 1 - max(case when {{ excepted }} then {{ shares }} else 0 end)
      else max(case when p.element = '{{ element }}' then {{ covers }} else 0 end)
    end as {{ element }}_covered,
    case max(case when {{ excepted }} then 1 else 0 end)
      when 1 then 1 - max(case when {{ excepted }} then {{ covers }} else 0 end)
      else max(case when p.element = '{{ element }}' then {{ shares }} else 0 end)
    end as {{ element }}_shared
{%- endmacro %}

{# Whether a pattern matches all that another one does: the other one with nothing for each *, and with much. #}
{% macro pattern_covers(pattern, other, ignore_case) %}
  {% set least = 'replace(' ~ other ~ ", '*', '')" %}
  {% set most = 'replace(' ~ other ~ ", '*', repeat(chr(3), 99))" %}
  {{ return(
    '(' ~ matches_pattern(least, pattern, ignore_case) ~ ' and ' ~ matches_pattern(most, pattern, ignore_case) ~ ')'
  ) }}
{% endmacro %}

{# Whether two patterns may match the same text: what stands before their first wildcards does not differ. #}
{% macro patterns_may_share(one, other, ignore_case) %}
  {% set first, second = replace_regex(one, '[*?$].*', ''), replace_regex(other, '[*?$].*', '') %}
  {% if ignore_case %}{% set first, second = 'lower(' ~ first ~ ')', 'lower(' ~ second ~ ')' %}{% endif %}
  {{ return(
    '(substr(' ~ first ~ ', 1, length(' ~ second ~ ')) = ' ~ second
    ~ ' or substr(' ~ second ~ ', 1, length(' ~ first ~ ')) = ' ~ first ~ ')'
  ) }}
{% endmacro %}
