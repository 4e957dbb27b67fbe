with open_subjects as (
  select
    t.role_id,
    t.statement_index,
    t.principal,
    count(*) as subjects
  from {{ ref('stg_role_trusts') }} as t
  {{ unnest_json('t.oidc_subjects', 's') }}
  where {{ item_text('s') }} like '*%'
    or {{ item_text('s') }} like '?%'
    or {{ item_text('s') }} like 'repo:*%'
    or {{ item_text('s') }} like 'repo:?%'
  group by t.role_id, t.statement_index, t.principal
)
select
  t.account_id,
  t.role_name,
  t.principal,
  t.oidc_subjects,
  t.conditions
from {{ ref('stg_role_trusts') }} as t
left join open_subjects as o
  on o.role_id = t.role_id
  and o.statement_index = t.statement_index
  and o.principal = t.principal
where t.effect = 'Allow'
  and t.principal_type = 'Federated'
  and t.principal not like '%:saml-provider/%'
  and (
    coalesce({{ json_as_text('t.oidc_subjects') }}, '[]') = '[]' or o.subjects > 0
  )
order by t.account_id, t.role_name, t.principal
