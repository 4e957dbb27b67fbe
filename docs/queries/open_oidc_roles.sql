-- Which roles may every workload of an OIDC provider assume?
-- A trust of an OpenID Connect provider, such as GitHub Actions, Google or Amazon Cognito, without a condition on the subject, or with one that leaves the owner open: `*` or `?`, or `repo:*` or `repo:?`, and whatever follows. Then every repository of everybody, or every user of the provider, may assume the role, unless other conditions narrow the trust, as the audience does with Cognito: they are in `conditions`. Providers of SAML have no such subjects and are not in the answer.
with open_subjects as (
  select
    t.role_id,
    t.statement_index,
    t.principal,
    count(*) as subjects
  from role_trusts as t
  cross join unnest(cast(t.oidc_subjects as text[])) as s(item)
  where s.item like '*%'
    or s.item like '?%'
    or s.item like 'repo:*%'
    or s.item like 'repo:?%'
  group by t.role_id, t.statement_index, t.principal
)
select
  t.account_id,
  t.role_name,
  t.principal,
  t.oidc_subjects,
  t.conditions
from role_trusts as t
left join open_subjects as o
  on o.role_id = t.role_id
  and o.statement_index = t.statement_index
  and o.principal = t.principal
where t.effect = 'Allow'
  and t.principal_type = 'Federated'
  and t.principal not like '%:saml-provider/%'
  and (
    coalesce(cast(t.oidc_subjects as text), '[]') = '[]' or o.subjects > 0
  )
order by t.account_id, t.role_name, t.principal
