-- The rows of a large organization of 10 accounts. `i` numbers them. What no model looks at stays null.
create macro account(i) as printf('%012d', 100000000000 + i % 10);
create macro iam_arn(i, name) as 'arn:aws:iam::' || account(i) || ':' || name;
create macro days_before(days) as timestamp '2026-11-30 00:00:00' - to_days(cast(days as integer));

create temp table sizes as
select 5000 as users, 3000 as roles, 1500 as policies, 500 as groups, 4000 as people, 60 as sets;

insert into users by name
select account(i) as account_id, 'aws' as partition, 'AIDA' || i as user_id, 'user' || i as user_name,
  iam_arn(i, 'user/user' || i) as arn, false as is_root, days_before(i % 900) as create_date,
  i % 3 <> 0 as password_enabled, i % 4 <> 0 as mfa_active, i % 2 = 0 as access_key_1_active,
  i % 20 = 0 as access_key_2_active, days_before(i % 400) as password_last_used,
  days_before(i % 300) as last_activity_at, 'password' as last_activity_source,
  '{"owner": "team' || i % 40 || '"}' as tags, '[]' as unavailable_fields
from range((select users from sizes)) as numbers (i);

insert into roles by name
select account(i) as account_id, 'aws' as partition, 'AROA' || i as role_id, 'role' || i as role_name,
  iam_arn(i, 'role/role' || i) as arn, days_before(i % 900) as create_date,
  days_before(i % 400) as role_last_used_date, i % 10 = 0 as is_service_linked, '[]' as unavailable_fields
from range((select roles from sizes)) as numbers (i);

insert into role_trusts by name
select account(i) as account_id, 'aws' as partition, 'AROA' || i % roles as role_id, i // roles as statement_index,
  'AWS' as principal_type, iam_arn(i + i % 3, 'root') as principal, 'role' || i % roles as role_name,
  iam_arn(i, 'role/role' || i % roles) as role_arn, 'Allow' as effect, false as is_not_principal,
  '["sts:AssumeRole"]' as actions, '[]' as not_actions, i % 997 = 0 as is_wildcard, false as is_deleted_principal,
  account(i + i % 3) as principal_account_id, i % 3 <> 0 as is_external, i % 2 = 0 as external_id_required,
  false as mfa_required, '[]' as oidc_subjects
from sizes, range(2 * sizes.roles) as numbers (i);

insert into policies by name
select account(i) as account_id, 'aws' as partition, 'ANPA' || i as policy_id, 'policy' || i as policy_name,
  iam_arn(i, 'policy/policy' || i) as arn, 'v1' as default_version_id
from range((select policies from sizes)) as numbers (i);

insert into policy_statements by name
select account(i) as account_id, 'aws' as partition, 'managed' as source_type, 'ANPA' || i % policies as source_id,
  'policy' || i % policies as policy_name, 'v1' as version_id, i // policies as statement_index,
  'policy' || i % policies as source_name, iam_arn(i, 'policy/policy' || i % policies) as source_arn,
  'Allow' as effect, '[]' as not_actions, '[]' as not_resources,
  case i % 50
    when 0 then '["*"]' when 1 then '["iam:*"]' else '["s3:Get*", "ec2:Describe*", "sqs:SendMessage"]'
  end as actions,
  case i % 5 when 0 then '["*"]' else '["arn:aws:s3:::bucket' || i || '/*"]' end as resources
from sizes, range(4 * sizes.policies) as numbers (i);

insert into policy_statements by name
select account(i) as account_id, 'aws' as partition, 'user_inline' as source_type, 'AIDA' || i as source_id,
  'inline' as policy_name, '' as version_id, 0 as statement_index, 'user' || i as source_name,
  iam_arn(i, 'user/user' || i) as source_arn, 'user' as identity_type, 'AIDA' || i as identity_id,
  'user' || i as identity_name, iam_arn(i, 'user/user' || i) as identity_arn, 'Allow' as effect,
  '["s3:*"]' as actions, '[]' as not_actions, '["arn:aws:s3:::home"]' as resources, '[]' as not_resources
from range(0, (select users from sizes), 2) as numbers (i);

insert into policy_attachments by name
select account(i) as account_id, 'aws' as partition, iam_arn(i, 'policy/policy' || i % policies) as policy_arn,
  'user' as identity_type, 'AIDA' || i % users as identity_id, i >= users as as_boundary,
  'policy' || i % policies as policy_name, 'user' || i % users as identity_name, false as is_aws_managed
from sizes, range(2 * sizes.users) as numbers (i);

insert into groups by name
select account(i) as account_id, 'aws' as partition, 'AGPA' || i as group_id, 'group' || i as group_name
from range((select groups from sizes)) as numbers (i);

-- Each user is in three groups of its account.
insert into group_members by name
select account(i) as account_id, 'aws' as partition, 'AIDA' || i % users as user_id,
  'AGPA' || (i + i // users * 10) % groups as group_id, 'group' || (i + i // users * 10) % groups as group_name
from sizes, range(3 * sizes.users) as numbers (i);

insert into access_keys by name
select account(i) as account_id, 'aws' as partition, 'AKIA' || i as access_key_id, 'AIDA' || i % users as user_id,
  'user' || i % users as user_name, case i % 5 when 0 then 'Inactive' else 'Active' end as status,
  days_before(i % 500) as create_date, days_before(i % 450) as last_used_date, '[]' as unavailable_fields
from sizes, range(sizes.users * 3 // 2) as numbers (i);

insert into service_last_accessed by name
select account(i // 20) as account_id, 'aws' as partition, 'service' || i % 20 as service_namespace,
  'user' as identity_type, 'AIDA' || i // 20 as identity_id,
  iam_arn(i // 20, 'user/user' || i // 20) as identity_arn,
  case i % 3 when 0 then days_before(i % 400) end as last_authenticated, '[]' as unavailable_fields
from range(20 * (select users from sizes)) as numbers (i);

insert into account_summary by name
select account(i) as account_id, 'aws' as partition, i % 2 as account_mfa_enabled,
  0 as account_access_keys_present, 1 as account_password_present
from range(10) as numbers (i);

insert into accounts by name
select account(i) as account_id, 'aws' as partition, 'account' || i as account_name, 'ACTIVE' as state
from range(10) as numbers (i);

insert into organization by name
select 'aws' as partition, 'o-1' as organization_id;

insert into identity_center_instances by name
select 'aws' as partition, 'us-east-1' as region, 'ssoins-1' as instance_arn, 'd-1' as identity_store_id,
  account(0) as owner_account_id;

insert into identity_center_users by name
select 'aws' as partition, 'd-1' as identity_store_id, 'u-' || i as user_id, 'ssoins-1' as instance_arn,
  'person' || i || '@example.com' as user_name, 'ENABLED' as user_status
from range((select people from sizes)) as numbers (i);

insert into identity_center_groups by name
select 'aws' as partition, 'd-1' as identity_store_id, 'g-' || i as group_id, 'team' || i as display_name
from range((select groups from sizes)) as numbers (i);

insert into identity_center_group_members by name
select 'aws' as partition, 'd-1' as identity_store_id, 'm-' || i as membership_id, 'u-' || i % people as user_id,
  'g-' || (i + i // people * 7) % groups as group_id, 'team' || (i + i // people * 7) % groups as group_name
from sizes, range(3 * sizes.people) as numbers (i);

insert into permission_sets by name
select 'aws' as partition, 'ps-' || i as permission_set_arn, 'ssoins-1' as instance_arn, 'Set' || i as name
from range((select sets from sizes)) as numbers (i);

insert into account_assignments by name
select 'aws' as partition, 'ps-' || i % sets as permission_set_arn, account(i // sets) as target_account_id,
  'GROUP' as principal_type, 'g-' || i % groups as principal_id, 'ssoins-1' as instance_arn,
  'Set' || i % sets as permission_set_name, '[]' as unavailable_fields
from sizes, range(50 * sizes.sets) as numbers (i);

insert into sync_coverage by name
select account(i) as account_id, 'aws' as partition, 'us-east-1' as region, 'audit_events' as stream,
  'complete' as status, days_before(90) as complete_since
from range(10) as numbers (i);

insert into sync_coverage by name
select account(0) as account_id, 'aws' as partition, 'global' as region, unnest(['accounts', 'organization']) as stream,
  'complete' as status;

-- Of 100 events, 20 are of IAM users, 20 of sessions of permission sets, 35 of other roles, 5 of services, 10 change
-- IAM, 2 are sign-ins to the console, and 8 are steps of sign-ins to the access portal.
create macro made_events(first, last, per_day) as table
select
  account(i) as account_id, 'aws' as partition, 'us-east-1' as region, 'event' || i as event_id,
  days_before(90) + to_days(cast(i // per_day as integer)) + to_seconds(i % per_day * 86400 // per_day) as event_time,
  case
    when i % 100 < 40 then 's3.amazonaws.com' when i % 100 < 80 then 'ec2.amazonaws.com'
    when i % 100 < 90 then 'iam.amazonaws.com' else 'signin.amazonaws.com'
  end as event_source,
  case
    when i % 100 < 80 then 'Get' || i % 50 when i % 100 < 90 then 'AttachUserPolicy'
    when i % 100 < 92 then 'ConsoleLogin' when i // 100 % 2 = 0 then 'CredentialVerification'
    else 'UserAuthentication'
  end as event_name,
  'AwsApiCall' as event_type, i % 100 < 80 as read_only, case i % 33 when 0 then 'AccessDenied' end as error_code,
  case
    when i % 100 < 20 or i % 100 in (90, 91) then 'IAMUser' when i % 100 < 75 then 'AssumedRole'
    when i % 100 < 80 then 'AWSService' when i % 100 < 90 then 'AssumedRole' else 'IdentityCenterUser'
  end as actor_type,
  case when i % 100 between 75 and 79 then 'service' else 'role session' end as actor_kind,
  case when i % 100 between 75 and 79 then 'lambda.amazonaws.com' else 'user' || number end as actor,
  case when i % 100 < 20 or i % 100 in (90, 91) then 'user' || number end as actor_user_name,
  case
    when i % 100 < 20 or i % 100 in (90, 91) then 'AIDA' || number
    when i % 100 < 40 then 'AROA' || number || ':person' || number || '@example.com'
    when i % 100 < 75 or i % 100 between 80 and 89 then 'AROA' || number || ':user' || number
  end as actor_principal_id,
  account(i) as actor_account_id,
  case
    when i % 100 between 20 and 39
      then iam_arn(i, 'role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Set' || i % 60 || '_0123456789abcdef')
    when i % 100 between 40 and 74 or i % 100 between 80 and 89 then iam_arn(i, 'role/role' || number)
  end as session_issuer_arn,
  case when i % 100 between 80 and 89 then 'user' || number end as source_identity,
  case when i % 100 > 91 then 'u-' || number end as on_behalf_of_user_id,
  case when i % 100 > 91 then 'd-1' end as identity_store_id,
  case when i % 100 >= 90 then 'Success' end as sign_in_result,
  case when i % 100 >= 90 then i % 3 <> 0 end as mfa_used,
  case when i % 100 between 80 and 89
    then '{"userName":"user' || number || '","policyArn":"arn:aws:iam::aws:policy/p' || i % 100 || '"}'
  end as request_parameters,
  case when i % 100 > 91
    then '{"AuthWorkflowID":"w' || i // 200 || '-' || i % 100 || '","CredentialType":"PASSWORD"}'
  end as additional_event_data,
  'event_history' as audit_source
from (select i, i * 7919 % 3000 as number from range(first, last) as numbers (i)) as numbered;
