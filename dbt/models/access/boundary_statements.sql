{{ config(materialized='table') }}

with bounded as (
  select principal_id, account_id, boundary, permission_set_arn
  from {{ ref('principals') }}
  where boundary is not null
),
statements as (
  select statement_id, policy_arn, account_id
  from {{ ref('statements') }}
  where source = 'managed'
),
-- A policy of AWS is the same in every account: any account that has it tells what it says.
of_aws as (
  select policy_arn, min(account_id) as account_id
  from statements
  group by policy_arn
),
places as (
  select
    b.principal_id,
    b.boundary,
    case when b.permission_set_arn is null then b.account_id else o.account_id end as account_id
  from bounded as b
  left join of_aws as o on o.policy_arn = b.boundary
)
select p.principal_id, p.boundary, s.statement_id
from places as p
-- A boundary that was not read is a row without a statement.
left join statements as s on s.policy_arn = p.boundary and s.account_id = p.account_id
