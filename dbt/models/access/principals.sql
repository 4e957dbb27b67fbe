{{ config(materialized='table') }}

{% set text = type_of('text') %}
with users as (
  select
    case when is_root then 'root user' else 'IAM user' end as principal_kind,
    user_id as principal_id,
    user_name as principal_name,
    arn as principal_arn,
    account_id,
    {{ column_name('partition') }} as aws_partition,
    permissions_boundary_arn as boundary,
    false as is_service_linked,
    cast(null as {{ text }}) as permission_set_arn
  from {{ ref('stg_users') }}
),
roles as (
  select
    'role' as principal_kind,
    role_id as principal_id,
    role_name as principal_name,
    arn as principal_arn,
    account_id,
    {{ column_name('partition') }} as aws_partition,
    permissions_boundary_arn as boundary,
    coalesce(is_service_linked, false) as is_service_linked,
    cast(null as {{ text }}) as permission_set_arn
  from {{ ref('stg_roles') }}
),
-- The role that a permission set became in an account is not known where the account was not read.
unread as (
  select distinct
    a.permission_set_arn, a.permission_set_name, a.target_account_id, a.{{ column_name('partition') }} as aws_partition
  from {{ ref('stg_account_assignments') }} as a
  left join roles as r on r.principal_id = a.role_id
  where r.principal_id is null
    and (a.role_id is not null or {{ json_array_has('a.unavailable_fields', "'role_id'") }})
),
boundaries as (
  select permission_set_arn, policy
  from {{ ref('stg_permission_set_policies') }}
  where policy_type = 'permissions_boundary'
),
permission_sets as (
  select
    'permission set' as principal_kind,
    {{ permission_set_principal('u.permission_set_arn', 'u.target_account_id') }} as principal_id,
    u.permission_set_name as principal_name,
    cast(null as {{ text }}) as principal_arn,
    u.target_account_id as account_id,
    u.aws_partition,
    b.policy as boundary,
    false as is_service_linked,
    u.permission_set_arn
  from unread as u
  left join boundaries as b on b.permission_set_arn = u.permission_set_arn
)
select * from users
union all
select * from roles
union all
select * from permission_sets
