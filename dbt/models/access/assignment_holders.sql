{{ config(materialized='table') }}

{% set text = type_of('text') %}
with assignments as (
  select
    a.*,
    r.principal_id as known_role
  from {{ ref('stg_account_assignments') }} as a
  left join {{ ref('principals') }} as r on r.principal_kind = 'role' and r.principal_id = a.role_id
),
-- The role where the account was read, else what stands for it. Without either there is no role: it grants nothing.
principals as (
  select
    a.permission_set_arn,
    a.permission_set_name,
    a.target_account_id as account_id,
    a.instance_arn,
    a.principal_type,
    a.principal_id as holder_id,
    p.principal_id
  from assignments as a
  inner join {{ ref('principals') }} as p
    on p.principal_id
    = coalesce(a.known_role, {{ permission_set_principal('a.permission_set_arn', 'a.target_account_id') }})
),
holders as (
  select
    u.instance_arn,
    u.user_id as holder_id,
    {{ identity_center_key('u.identity_store_id', 'u.user_id') }} as identity_key,
    u.user_name,
    u.user_arn,
    cast(null as {{ text }}) as group_id,
    cast(null as {{ text }}) as group_name,
    'USER' as principal_type
  from {{ ref('stg_identity_center_users') }} as u
  union all
  select
    u.instance_arn,
    m.group_id,
    {{ identity_center_key('u.identity_store_id', 'u.user_id') }},
    u.user_name,
    u.user_arn,
    m.group_id,
    m.group_name,
    'GROUP'
  from {{ ref('stg_identity_center_group_members') }} as m
  inner join {{ ref('stg_identity_center_users') }} as u
    on u.identity_store_id = m.identity_store_id and u.user_id = m.user_id
)
-- An assignment of a user who was deleted is left over, and nobody's.
select
  h.identity_key,
  h.user_name,
  h.user_arn,
  h.group_id,
  h.group_name,
  p.permission_set_arn,
  p.permission_set_name,
  p.account_id,
  p.principal_id
from principals as p
inner join holders as h
  on h.holder_id = p.holder_id and h.principal_type = p.principal_type and h.instance_arn = p.instance_arn
