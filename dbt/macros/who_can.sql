{# A query: who can do an action on a resource, as {{ who_can('s3:GetObject', 'arn:aws:s3:::reports/2026.csv') }}.

   One row for each identity, path, and principal that it acts as, where a policy allows the action; a person with two
   paths has two rows. Each kind of policy has its answer: yes, conditional or no, and null where there is no such policy.
   `answer` is the least of them. conditional means that the request decides: conditions, policy variables, and policies
   that were not read. A denial with conditions makes a yes conditional. Whoever is not listed cannot.

   Policies of resources, of sessions and of VPC endpoints are not known here: they may allow more, and less. A resource
   whose ARN names no account is taken to be in the account of the principal.

   `accounts`: those of the principals; a list of ids, or a query of them. #}
{% macro who_can(action, resource, accounts=none) %}
{# The services that resource control policies limit, with certainty. More come. #}
{% set limited = ['s3', 'sts', 'kms', 'sqs', 'secretsmanager'] %}
{% set resource_account = resource.split(':')[4] if resource.split(':') | length > 5 else '' %}
with asked as (
  select {{ text_literal(resource) }} as resource
),
reached as (
  {{ statements_of_resources(text_literal(action), 'asked') }}
),
unresolved as (
  select p.statement_id, {{ texts_of_group('p.pattern') }} as patterns
  from {{ ref('statement_patterns') }} as p
  where p.loose_pattern <> p.pattern and {{ matches_pattern(text_literal(resource), 'p.loose_pattern') }}
  group by p.statement_id
),
applying as (
  select
    s.statement_id,
    s.source,
    s.account_id,
    s.source_id,
    s.policy_arn,
    s.policy_name,
    s.effect,
    {{ strength_of_statement('s', 'r.strength') }} as strength,
    case when s.has_conditions then {{ json_as_text('s.conditions') }} end as conditions,
    u.patterns
  from reached as r
  inner join {{ ref('statements') }} as s on s.statement_id = r.statement_id
  left join unresolved as u on u.statement_id = r.statement_id
),
denied as (
  select
    p.principal_id,
    max(a.strength) as strength,
    {{ texts_of_group('p.policy_name') }} as denied_by,
    {{ texts_of_group('a.patterns') }} as patterns,
    {{ texts_of_group('a.conditions', ' | ') }} as conditions
  from {{ ref('principal_statements') }} as p
  inner join applying as a on a.statement_id = p.statement_id
  where a.effect = 'Deny'
  group by p.principal_id
),
bounded as (
  select
    p.principal_id,
    {{ layer_strength() }} as strength
  from {{ ref('principals') }} as p
  left join {{ ref('boundary_statements') }} as b on b.principal_id = p.principal_id
  left join {{ ref('statements') }} as s on s.statement_id = b.statement_id
  left join applying as a on a.statement_id = b.statement_id
  where p.boundary is not null
  group by p.principal_id
),
-- Every level from the root down to the account has to allow it.
levels as (
  select
    o.account_id,
    o.policy_type,
    o.target_id,
    {{ layer_strength() }} as strength,
    2 - max(case when a.effect = 'Deny' then a.strength else 0 end) as not_denied
  from {{ ref('organization_policies_by_account') }} as o
  left join {{ ref('statements') }} as s
    on s.source in ('service_control', 'resource_control') and s.source_id = o.policy_id
  left join applying as a on a.statement_id = s.statement_id
  group by o.account_id, o.policy_type, o.target_id
),
service_control as (
  select account_id, min(strength) as strength
  from levels
  where policy_type = 'SERVICE_CONTROL_POLICY'
  group by account_id
),
-- They allow everything but what they deny.
resource_control as (
  select
    account_id,
    {% if action.split(':')[0] | lower in limited -%}
    min(not_denied) as strength
    {%- else -%}
    greatest(1, min(not_denied)) as strength
    {%- endif %}
  from levels
  where policy_type = 'RESOURCE_CONTROL_POLICY'
  group by account_id
),
granted as (
  select
    g.identity_kind,
    g.identity_key,
    g.identity_name,
    g.identity_arn,
    g.account_id,
    g.path,
    g.group_name,
    g.permission_set_name,
    g.assumed_from_id,
    g.principal_id,
    max(case g.path_answer when 'yes' then 2 else 1 end) as path_strength,
    max(coalesce(a.strength, 1)) as strength,
    {{ texts_of_group('case when a.statement_id is not null then g.policy_name end') }} as allowed_by,
    {{ texts_of_group('case when a.statement_id is null then g.policy_name end') }} as unread_policies,
    {{ texts_of_group('a.patterns') }} as patterns,
    {{ texts_of_group('a.conditions', ' | ') }} as conditions
  from {{ ref('access_grants') }} as g
  left join applying as a on a.statement_id = g.statement_id
  where (a.effect = 'Allow' or g.effect is null)
    {%- if accounts is not none %}
    and g.account_id in ({{ accounts_of(accounts) }})
    {%- endif %}
  group by
    g.identity_kind, g.identity_key, g.identity_name, g.identity_arn, g.account_id, g.path, g.group_name,
    g.permission_set_name, g.assumed_from_id, g.principal_id
),
layers as (
  select
    g.*,
    p.principal_name,
    p.principal_arn,
    p.boundary,
    least(g.strength, 2 - coalesce(d.strength, 0)) as policies_strength,
    b.strength as boundary_strength,
    case when not p.is_service_linked then c.strength end as service_control_strength,
    case when not p.is_service_linked then r.strength end as resource_control_strength,
    d.denied_by,
    d.patterns as denied_patterns,
    d.conditions as denied_conditions
  from granted as g
  inner join {{ ref('principals') }} as p on p.principal_id = g.principal_id
  left join denied as d on d.principal_id = g.principal_id
  left join bounded as b on b.principal_id = g.principal_id
  left join service_control as c on c.account_id = g.account_id
  left join resource_control as r on r.account_id = {% if resource_account -%}
    {{ text_literal(resource_account) }}
    {%- else -%}
    g.account_id
    {%- endif %}
),
judged as (
  select
    *,
    least(
      path_strength, policies_strength, coalesce(boundary_strength, 2), coalesce(service_control_strength, 2),
      coalesce(resource_control_strength, 2)
    ) as answer_strength
  from layers
)
select
  identity_kind,
  identity_key,
  identity_name,
  identity_arn,
  account_id,
  path,
  group_name,
  permission_set_name,
  assumed_from_id,
  principal_id,
  principal_name,
  principal_arn,
  {{ yes_conditional_no('answer_strength') }} as answer,
  {{ yes_conditional_no('path_strength') }} as by_path,
  {{ yes_conditional_no('policies_strength') }} as by_policies,
  {{ yes_conditional_no('boundary_strength') }} as by_boundary,
  {{ yes_conditional_no('service_control_strength') }} as by_service_control,
  {{ yes_conditional_no('resource_control_strength') }} as by_resource_control,
  allowed_by,
  denied_by,
  boundary as permissions_boundary,
  unread_policies,
  {{ joined_texts('patterns', 'denied_patterns', ', ') }} as unresolved_patterns,
  {{ joined_texts('conditions', 'denied_conditions', ' | ') }} as conditions
from judged
{% endmacro %}

{# What a group of statements says together, of rows `s` of statements of which those that apply are also rows `a` of
   `applying`. A policy that was not read may allow it. #}
{% macro layer_strength() %}
least(
  max(case when a.effect = 'Allow' then a.strength when s.effect is null then 1 else 0 end),
  2 - max(case when a.effect = 'Deny' then a.strength else 0 end)
)
{%- endmacro %}
