{{ config(materialized='table') }}

with steps as (
  select
    *,
    {{ json_of_text('additional_event_data') }} as details,
    {{ json_of_text('service_event_details') }} as entered
  from {{ ref('event_actors') }}
  where
    sign_in_result is not null
    and event_name in (
      'ConsoleLogin', 'CredentialChallenge', 'CredentialVerification', 'UserAuthentication', 'Authenticate', 'Federate'
    )
),
-- Identity Center records each step of a sign-in to its access portal. AuthWorkflowID is the same in all of them.
of_sign_ins as (
  select
    *,
    coalesce({{ json_text('details', ['AuthWorkflowID']) }}, event_id) as sign_in_id,
    case
      when event_name = 'Federate' then 'entry'
      when event_name <> 'ConsoleLogin' then 'access_portal'
      when identity_kind in ('role', 'federated user') then 'console_with_role'
      else 'console'
    end as kind,
    -- CloudTrail says of every session of a role that no MFA was used, also where Identity Center asked for it.
    case when identity_kind in ('role', 'federated user') and not mfa_used then cast(null as boolean) else mfa_used end
      as step_mfa_used,
    {{ json_text('entered', ['account_id']) }} as entered_account_id,
    {{ json_text('entered', ['role_name']) }} as entered_role_name
  from steps
),
counted as (
  select
    *,
    min(event_time) over (partition by sign_in_id) as started_at,
    max(event_time) over (partition by sign_in_id) as ended_at,
    count(*) over (partition by sign_in_id) as steps,
    sum(case when sign_in_result = 'Failure' then 1 else 0 end) over (partition by sign_in_id) as failed_steps,
    -- The last step tells that the whole succeeded: a password alone does not open the portal.
    max(case when sign_in_result = 'Success' and event_name not like 'Credential%' then 1 else 0 end)
      over (partition by sign_in_id) as succeeded,
    max(case when step_mfa_used then 1 when not step_mfa_used then 0 end) over (partition by sign_in_id) as with_mfa,
    max(case when sign_in_result = 'Failure' then error_message end) over (partition by sign_in_id) as failure_message,
    row_number() over (
      partition by sign_in_id
      order by
        case when person_key is null then 1 else 0 end,
        case when event_name like 'Credential%' then 1 else 0 end,
        event_time desc,
        event_id
    ) as most_telling
  from of_sign_ins
)
select
  sign_in_id,
  kind,
  case when succeeded = 1 then 'Success' when failed_steps > 0 then 'Failure' else 'Incomplete' end as result,
  case with_mfa when 1 then true when 0 then false end as mfa_used,
  started_at,
  ended_at,
  {{ day_of('started_at') }} as day,
  steps,
  failed_steps,
  failure_message,
  account_id,
  region,
  person_kind,
  person_key,
  coalesce(person_name, sign_in_user_name) as person_name,
  person_evidence,
  coalesce(entered_account_id, case when kind = 'console_with_role' then account_id end) as entered_account_id,
  coalesce(
    entered_role_name,
    case when kind = 'console_with_role' then coalesce(permission_set_name, identity_name) end
  ) as entered_role_name,
  source_ip_address,
  user_agent,
  event_id
from counted
where most_telling = 1
