{{ config(materialized='table') }}

{# The names of what a request of IAM changes, as its parameters have them, and what that is. The first one that is there
   counts: AttachRolePolicy has roleName and policyArn, and changes the role. #}
{% set named = {
  'roleName': 'role', 'userName': 'user', 'groupName': 'group', 'policyArn': 'policy', 'policyName': 'policy',
  'instanceProfileName': 'instance_profile', 'sAMLProviderArn': 'identity_provider',
  'openIDConnectProviderArn': 'identity_provider', 'serverCertificateName': 'server_certificate',
  'serialNumber': 'mfa_device', 'virtualMFADeviceName': 'mfa_device', 'accountAlias': 'account'
} %}
with requests as (
  select
    *,
    {{ json_of_text('request_parameters') }} as request,
    {{ json_of_text('response_elements') }} as response
  from {{ ref('event_actors') }}
  where
    error_code is null
    and not coalesce(read_only, false)
    and event_source in (
      'iam.amazonaws.com', 'sso.amazonaws.com', 'identitystore.amazonaws.com', 'sso-directory.amazonaws.com',
      'organizations.amazonaws.com'
    )
    -- A sign-in is no change.
    and sign_in_result is null
),
of_services as (
  select
    *,
    case event_source
      when 'iam.amazonaws.com' then 'iam' when 'organizations.amazonaws.com' then 'organizations'
      else 'identity_center'
    end as service,
    {{ json_text('request', ['permissionSetArn']) }} as permission_set_arn,
    {{ json_text('request', ['policyId']) }} as policy_id,
    coalesce({{ json_text('request', ['accountId']) }}, {{ json_text('request', ['targetId']) }}) as target_account_or_unit,
    coalesce(
      {{ json_text('request', ['memberId', 'userId']) }}, {{ json_text('request', ['userId']) }},
      {{ json_text('request', ['userName']) }}
    ) as store_user,
    coalesce({{ json_text('request', ['groupId']) }}, {{ json_text('request', ['displayName']) }}) as store_group
  from requests
),
targets as (
  select
    *,
    case
      when service = 'iam' then
        case
          {%- for key, kind in named.items() %}
          when {{ json_text('request', [key]) }} is not null then '{{ kind }}'
          {%- endfor %}
          -- A user who names nobody changes what is his own, such as his password or a key.
          when event_name like '%AccountPasswordPolicy' then 'account'
          when identity_kind = 'IAM user' then 'user'
          when identity_kind = 'root user' then 'account'
          else 'other'
        end
      when service = 'organizations' then case when policy_id is not null then 'policy' else 'account' end
      when permission_set_arn is not null then 'permission_set'
      when event_name like '%Group%' then 'group'
      when event_name like '%User%' then 'user'
      else 'other'
    end as target_kind,
    case
      when service = 'iam' then
        coalesce(
          {%- for key in named %}
          {{ json_text('request', [key]) }},
          {%- endfor %}
          case when event_name like '%AccountPasswordPolicy' then account_id end,
          case when identity_kind in ('IAM user', 'root user') then identity_name end
        )
      when service = 'organizations' then coalesce(policy_id, target_account_or_unit)
      when permission_set_arn is not null then permission_set_arn
      when event_name like '%Group%' then store_group
      when event_name like '%User%' then store_user
    end as target
  from of_services
)
select
  event_id,
  event_time as changed_at,
  account_id,
  service,
  event_name as action,
  target_kind,
  target,
  -- What the target gets, loses or is joined to.
  case
    when service = 'iam' and target_kind in ('role', 'user', 'group')
      then coalesce({{ json_text('request', ['policyArn']) }}, {{ json_text('request', ['policyName']) }})
  end as policy,
  case when service = 'iam' and target_kind in ('role', 'user') then {{ json_text('request', ['groupName']) }} end
    as group_name,
  case
    when service <> 'iam' and target_kind = 'permission_set' then {{ json_text('request', ['principalId']) }}
    when service = 'identity_center' and target_kind = 'group' then store_user
  end as member_id,
  case when service <> 'iam' and target <> target_account_or_unit then target_account_or_unit end as place,
  request,
  identity_kind,
  identity_key,
  identity_name,
  session_name,
  person_kind,
  person_key,
  person_name,
  person_evidence,
  invoked_by,
  source_ip_address,
  user_agent
from targets
