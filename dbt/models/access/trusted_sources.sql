{{ config(materialized='table') }}

{% set text = type_of('text') %}
-- Which statements of trust policies are about which kind of principal becoming the role.
with calls as (
  select statement_id, 'AWS' as kind from ({{ statements_of_action("'sts:AssumeRole'") }}) as assume_role
  union all
  select statement_id, 'Service' as kind from ({{ statements_of_action("'sts:AssumeRole'") }}) as assume_role
  union all
  select statement_id, 'Federated' as kind from ({{ statements_of_action("'sts:AssumeRoleWithSAML'") }}) as with_saml
  union all
  select statement_id, 'Federated' as kind
  from ({{ statements_of_action("'sts:AssumeRoleWithWebIdentity'") }}) as with_web_identity
),
statements as (
  select distinct
    s.statement_id, c.kind, s.source_id as role_id, s.account_id, s.statement_index, s.effect, s.has_conditions
  from {{ ref('statements') }} as s
  inner join calls as c on c.statement_id = s.statement_id
  where s.source = 'role_trust'
),
-- An account is named by its id or by its ARN. Both mean the same.
named as (
  select
    role_id,
    statement_index,
    is_not_principal,
    principal_type as kind,
    case
      when principal_type = 'AWS' and principal = principal_account_id
        then {{ account_arn(column_name('partition'), 'principal') }}
      else principal
    end as principal,
    principal_account_id,
    {{ account_arn(column_name('partition'), 'principal_account_id') }} as account_arn,
    is_deleted_principal,
    coalesce(external_id_required, false) as external_id_required,
    coalesce(mfa_required, false) as mfa_required
  from {{ ref('stg_role_trusts') }}
),
trusts as (
  select
    s.statement_id, s.role_id, s.account_id, s.effect, s.has_conditions, n.kind, n.principal, n.principal_account_id,
    n.account_arn, n.is_deleted_principal, n.external_id_required, n.mfa_required
  from named as n
  inner join statements as s
    on s.role_id = n.role_id and s.statement_index = n.statement_index and s.kind = n.kind
  where not n.is_not_principal
),
-- NotPrincipal: statements for everybody but those whom they name.
excluded as (
  select
    s.statement_id, s.role_id, s.account_id, s.effect, s.has_conditions, s.kind, n.principal, n.external_id_required,
    n.mfa_required
  from named as n
  inner join statements as s on s.role_id = n.role_id and s.statement_index = n.statement_index
  where n.is_not_principal
),
exclusions as (
  select
    statement_id, role_id, account_id, effect, has_conditions, kind,
    min(case when external_id_required then 1 else 0 end) = 1 as external_id_required,
    min(case when mfa_required then 1 else 0 end) = 1 as mfa_required
  from excluded
  group by statement_id, role_id, account_id, effect, has_conditions, kind
),
principals as (
  select
    principal_kind as source_kind,
    principal_id as source_key,
    principal_name as source_name,
    principal_arn as source_arn,
    account_id as source_account_id,
    {{ account_arn('aws_partition', 'account_id') }} as account_arn,
    'arn:' || aws_partition || ':sts::' || account_id || ':assumed-role/' || principal_name || '/' as session_prefix
  from {{ ref('principals') }}
  -- The root user cannot assume roles.
  where principal_kind in ('IAM user', 'role')
),
known_accounts as (
  select distinct account_id from {{ ref('principals') }} where principal_kind <> 'permission set'
),
others as (
  select distinct
    t.kind,
    case
      when t.kind = 'Service' then 'service'
      when t.kind = 'Federated' then 'federated'
      when t.principal = t.account_arn then 'account'
      else 'principal'
    end as source_kind,
    t.principal,
    t.principal_account_id,
    t.account_arn
  from trusts as t
  left join principals as p on p.source_arn = t.principal
  left join known_accounts as k on k.account_id = t.principal_account_id
  where t.effect = 'Allow'
    and t.principal <> '*'
    and not t.is_deleted_principal
    and p.source_key is null
    -- In an account that was read, this is the account as a whole, or a session of one of its roles.
    and (t.kind <> 'AWS' or k.account_id is null)
),
sources as (
  select
    'AWS' as kind, source_kind, source_key, source_name, source_arn, source_account_id, source_arn as principal,
    account_arn, session_prefix
  from principals
  union all
  select
    kind, source_kind, principal, principal, case when principal like 'arn:%' then principal end,
    principal_account_id, principal, account_arn, cast(null as {{ text }})
  from others
  union all
  select
    'AWS', 'anybody', '*', '*', cast(null as {{ text }}), cast(null as {{ text }}), '*', cast(null as {{ text }}),
    cast(null as {{ text }})
),
-- Whom a statement is about, with 2 for certainly, and 1 for maybe.
by_name as (
  select s.source_kind, s.source_key, t.statement_id, 'named' as trusted_as, 2 as strength
  from trusts as t
  inner join sources as s on s.kind = t.kind and s.principal = t.principal
),
-- One session of a role: only some of those who become the role have its name.
by_session as (
  select s.source_kind, s.source_key, t.statement_id, 'session' as trusted_as, 1 as strength
  from trusts as t
  inner join sources as s on substr(t.principal, 1, length(s.session_prefix)) = s.session_prefix
  where t.kind = 'AWS' and t.principal like 'arn:%:sts::%'
),
by_account as (
  select s.source_kind, s.source_key, t.statement_id, 'account' as trusted_as, 2 as strength
  from trusts as t
  inner join sources as s on s.kind = t.kind and s.account_arn = t.principal
  where t.kind = 'AWS' and s.source_kind <> 'account'
),
-- A denial of everybody is one of services and of identity providers too. What everybody is allowed is told once, and of
-- the users and roles of the tables.
by_wildcard as (
  select s.source_kind, s.source_key, t.statement_id, 'anybody' as trusted_as, 2 as strength
  from trusts as t
  inner join sources as s on s.kind = t.kind or t.effect = 'Deny'
  where t.principal = '*'
    and s.source_kind <> 'anybody'
    and (t.effect = 'Deny' or s.source_kind in ('IAM user', 'role'))
),
exceptions as (
  select
    e.statement_id,
    e.kind,
    e.effect,
    s.source_kind,
    s.source_key,
    max(case when x.principal = s.principal then 1 else 0 end) as excepts_itself,
    max(case when x.principal = s.account_arn then 1 else 0 end) as excepts_account
  from exclusions as e
  inner join sources as s on s.kind = e.kind
  inner join excluded as x on x.statement_id = e.statement_id and x.kind = e.kind
  where e.effect = 'Deny' or s.source_kind in ('IAM user', 'role', 'anybody')
  group by e.statement_id, e.kind, e.effect, s.source_kind, s.source_key
),
-- To spare a user from a denial, NotPrincipal has to name the account too, and of a role each session besides.
-- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
by_exception as (
  select
    source_kind,
    source_key,
    statement_id,
    'exception' as trusted_as,
    case
      when effect = 'Allow' and excepts_itself = 1 then 0
      when effect = 'Allow' and excepts_account = 1 then 1
      when effect = 'Allow' then 2
      when source_kind = 'anybody' then 1
      when source_kind in ('service', 'federated') then 2 - 2 * excepts_itself
      when source_kind = 'IAM user' and excepts_itself = 1 and excepts_account = 1 then 0
      when excepts_itself = 1 or excepts_account = 1 then 1
      else 2
    end as strength
  from exceptions
),
about as (
  select * from by_name
  union all
  select * from by_session
  union all
  select * from by_account
  union all
  select * from by_wildcard
  union all
  select * from by_exception
),
details as (
  select distinct
    statement_id, role_id, account_id, effect, has_conditions
  from statements
),
demands as (
  select
    statement_id,
    min(case when external_id_required then 1 else 0 end) = 1 as external_id_required,
    min(case when mfa_required then 1 else 0 end) = 1 as mfa_required
  from (
    select statement_id, external_id_required, mfa_required from trusts
    union all
    select statement_id, external_id_required, mfa_required from exclusions
  ) as demanded
  group by statement_id
),
described as (
  select
    a.statement_id,
    d.role_id,
    d.account_id,
    s.source_kind,
    s.source_key,
    s.source_name,
    s.source_arn,
    s.source_account_id,
    d.effect,
    a.trusted_as,
    case when d.has_conditions and a.strength = 2 then 1 else a.strength end as strength,
    n.external_id_required,
    n.mfa_required
  from about as a
  inner join sources as s on s.source_kind = a.source_kind and s.source_key = a.source_key
  inner join details as d on d.statement_id = a.statement_id
  inner join demands as n on n.statement_id = a.statement_id
  where a.strength > 0
)
select
  {{ hash_key(['statement_id', 'source_kind', 'source_key', 'trusted_as']) }} as trusted_source_id,
  *
from described
-- A role that becomes itself stays what it is.
where role_id <> source_key
