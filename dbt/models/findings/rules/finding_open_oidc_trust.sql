-- A subject that leaves the owner open, as repo:* does. Without any condition on the subject, all of the provider's are.
with subjects as (
  select t.role_id, t.statement_index, t.principal, {{ item_text('s') }} as subject
  from {{ ref('stg_role_trusts') }} as t
  {{ unnest_json('t.oidc_subjects', 's') }}
),
open_subjects as (
  select role_id, statement_index, principal, {{ texts_of_group('subject') }} as subjects
  from subjects
  where subject like '*%' or subject like '?%' or subject like 'repo:*%' or subject like 'repo:?%'
  group by role_id, statement_index, principal
),
trusts as (
  select
    t.account_id,
    t.role_id,
    t.role_name,
    t.role_arn,
    t.principal,
    coalesce(o.subjects, 'any') as subjects
  from {{ ref('stg_role_trusts') }} as t
  left join open_subjects as o
    on o.role_id = t.role_id and o.statement_index = t.statement_index and o.principal = t.principal
  where
    t.effect = 'Allow'
    and t.principal_type = 'Federated'
    -- SAML has no such subjects.
    and t.principal not like '%:saml-provider/%'
    and (o.subjects is not null or {{ json_text('t.oidc_subjects', [0]) }} is null)
),
by_role as (
  select
    account_id,
    role_id,
    max(role_name) as role_name,
    max(role_arn) as role_arn,
    {{ texts_of_group('principal') }} as providers,
    {{ texts_of_group('subjects') }} as subjects
  from trusts
  group by account_id, role_id
)
select
  account_id,
  'global' as region,
  'role' as resource_type,
  role_id as resource_id,
  role_name as resource_name,
  role_arn as resource_arn,
  'found' as status,
  {{ json_object_of({'providers': 'providers', 'subjects': 'subjects'}) }} as evidence
from by_role
