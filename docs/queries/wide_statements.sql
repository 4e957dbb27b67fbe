-- Which policies allow wildcard actions on all resources?
-- `iam:*` and `*` are wildcards here; so are `iam:Get*`, `s3:*Object` and `iam:Pass?ole`. A statement of all actions but some (`NotAction`) stands with `all but` and what it leaves out. All resources but some (`NotResource`) count as all. A trust policy has no resources and is not in the answer.
with statements as (
  select
    account_id,
    source_type,
    source_name,
    policy_name,
    actions,
    not_actions
  from policy_statements
  where effect = 'Allow'
    and (
      list_contains(cast(resources as text[]), '*')
      or coalesce(cast(not_resources as text), '[]') <> '[]'
    )
),
wide as (
  select
    s.account_id,
    s.source_type,
    s.source_name,
    s.policy_name,
    a.item as wildcard
  from statements as s
  cross join unnest(cast(s.actions as text[])) as a(item)
  where a.item like '%*%' or a.item like '%?%'
  union all
  select
    s.account_id,
    s.source_type,
    s.source_name,
    s.policy_name,
    'all but ' || n.item as wildcard
  from statements as s
  cross join unnest(cast(s.not_actions as text[])) as n(item)
)
select
  account_id,
  source_type,
  source_name,
  policy_name,
  string_agg(distinct wildcard, ', ' order by wildcard) as wildcards
from wide
group by account_id, source_type, source_name, policy_name
order by account_id, source_type, source_name, policy_name
