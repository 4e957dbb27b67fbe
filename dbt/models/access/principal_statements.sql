{{ config(materialized='table') }}

{% set text = type_of('text') %}
with holders as (
  select
    principal_id,
    account_id,
    principal_id as holder_id,
    cast(null as {{ text }}) as group_id,
    cast(null as {{ text }}) as group_name
  from {{ ref('principals') }}
  where principal_kind in ('IAM user', 'role')
  union all
  select user_id, account_id, group_id, group_id, group_name
  from {{ ref('stg_group_members') }}
),
statements as (
  select statement_id, source, account_id, source_id, policy_arn, policy_name
  from {{ ref('statements') }}
),
attached as (
  select
    h.principal_id,
    h.group_id,
    h.group_name,
    case when a.is_aws_managed then 'aws_managed' else 'customer_managed' end as policy_kind,
    a.policy_arn,
    a.policy_name,
    s.statement_id
  from holders as h
  inner join {{ ref('stg_policy_attachments') }} as a
    on a.identity_id = h.holder_id and a.account_id = h.account_id and not a.as_boundary
  -- A policy whose statements AWS did not show is a row without a statement.
  left join statements as s
    on s.source = 'managed' and s.policy_arn = a.policy_arn and s.account_id = a.account_id
),
inline as (
  select
    h.principal_id,
    h.group_id,
    h.group_name,
    'inline' as policy_kind,
    cast(null as {{ text }}) as policy_arn,
    s.policy_name,
    s.statement_id
  from holders as h
  inner join statements as s
    on s.source in ('user_inline', 'group_inline', 'role_inline')
    and s.source_id = h.holder_id and s.account_id = h.account_id
),
root as (
  select
    p.principal_id,
    cast(null as {{ text }}) as group_id,
    cast(null as {{ text }}) as group_name,
    'root' as policy_kind,
    cast(null as {{ text }}) as policy_arn,
    s.policy_name,
    s.statement_id
  from {{ ref('principals') }} as p
  inner join statements as s on s.source = 'root' and s.account_id = p.account_id
  where p.principal_kind = 'root user'
),
-- A policy of AWS is the same in every account: any account that has it tells what it says.
of_aws as (
  select policy_arn, min(account_id) as account_id
  from statements
  where source = 'managed'
  group by policy_arn
),
set_policies as (
  select
    p.principal_id,
    m.permission_set_arn,
    m.policy_type,
    m.policy_arn,
    coalesce(m.policy_path, '') || coalesce(m.policy_name, m.policy) as policy_name
  from {{ ref('principals') }} as p
  inner join {{ ref('stg_permission_set_policies') }} as m on m.permission_set_arn = p.permission_set_arn
),
managed_of_sets as (
  select
    m.principal_id,
    cast(null as {{ text }}) as group_id,
    cast(null as {{ text }}) as group_name,
    m.policy_type as policy_kind,
    m.policy_arn,
    m.policy_name,
    s.statement_id
  from set_policies as m
  -- What a policy of the customer says in an account that was not read, nobody knows.
  left join of_aws as o on o.policy_arn = m.policy_arn
  left join statements as s
    on s.source = 'managed' and s.policy_arn = o.policy_arn and s.account_id = o.account_id
  where m.policy_type in ('aws_managed', 'customer_managed')
),
inline_of_sets as (
  select
    m.principal_id,
    cast(null as {{ text }}) as group_id,
    cast(null as {{ text }}) as group_name,
    m.policy_type as policy_kind,
    cast(null as {{ text }}) as policy_arn,
    m.policy_name,
    s.statement_id
  from set_policies as m
  inner join statements as s on s.source = 'permission_set_inline' and s.source_id = m.permission_set_arn
  where m.policy_type = 'inline'
)
select * from attached
union all
select * from inline
union all
select * from root
union all
select * from managed_of_sets
union all
select * from inline_of_sets
