{{ config(materialized='table') }}

with found as (
  {%- for name, rule in finding_rules().items() %}
  select
    '{{ name }}' as rule,
    '{{ rule.severity }}' as severity,
    account_id, region, resource_type, resource_id, resource_name, resource_arn, status, evidence,
    '{{ rule.remedy }}' as remedy
  from {{ ref('finding_' ~ name) }}
  {{ 'union all' if not loop.last }}
  {%- endfor %}
),
identified as (
  select
    {{ hash_key(['rule', 'account_id', 'region', 'resource_type', 'resource_id']) }} as finding_id,
    *
  from found
),
-- A seed of another project may say nothing of its types: accounts are then numbers, without zeros in front.
exceptions as (
  select
    {{ as_text('rule') }} as rule,
    case when {{ as_text('account') }} <> '*' then lpad({{ as_text('account') }}, 12, '0') else '*' end as account,
    {{ as_text('resource') }} as resource,
    {{ as_text('reason') }} as reason,
    cast({{ as_text('expires_on') }} as date) as expires_on
  from {{ ref('finding_exceptions') }}
),
excepted as (
  select
    i.finding_id,
    min(e.reason) as reason,
    max(e.expires_on) as expires_on
  from identified as i
  inner join exceptions as e
    on e.rule = i.rule
    and e.account in ('*', i.account_id)
    and (
      {{ matches_pattern('i.resource_arn', 'e.resource') }}
      or {{ matches_pattern('i.resource_id', 'e.resource') }}
    )
  -- It holds through its last day.
  where e.expires_on is null or e.expires_on >= {{ day_of(now_utc()) }}
  group by i.finding_id
)
select
  i.finding_id,
  i.rule,
  i.severity,
  i.status,
  i.account_id,
  a.account_name,
  i.region,
  i.resource_type,
  i.resource_id,
  i.resource_name,
  i.resource_arn,
  i.evidence,
  i.remedy,
  e.finding_id is not null as is_excepted,
  e.reason as exception_reason,
  e.expires_on as exception_expires_on,
  {{ now_utc() }} as evaluated_at
from identified as i
left join excepted as e on e.finding_id = i.finding_id
left join {{ ref('stg_accounts') }} as a on a.account_id = i.account_id
