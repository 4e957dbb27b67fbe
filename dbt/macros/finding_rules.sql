{# The rules of `findings`: the model finding_<name> has what each finds. #}
{% macro finding_rules() %}
  {{ return({
    'root_used': {
      'severity': 'high', 'title': 'The root user was used',
      'remedy': 'Work as another user or role, and keep the root user for the few tasks that need it.'},
    'root_without_mfa': {
      'severity': 'critical', 'title': 'The root user signs in without MFA',
      'remedy': 'Register an MFA device for the root user, or remove its credentials in a member account.'},
    'root_access_keys': {
      'severity': 'critical', 'title': 'The root user has access keys',
      'remedy': 'Delete the access keys of the root user.'},
    'user_without_mfa': {
      'severity': 'high', 'title': 'A user has a password and no MFA',
      'remedy': 'Register an MFA device for the user, or delete the password.'},
    'administrator_without_mfa': {
      'severity': 'critical', 'title': 'An administrator has no MFA',
      'remedy': 'Register an MFA device for the user, or take the administrator policy away.'},
    'sign_in_without_mfa': {
      'severity': 'medium', 'title': 'Somebody signed in without MFA',
      'remedy': 'Require MFA of the person at every sign-in.'},
    'old_access_key': {
      'severity': 'medium', 'title': 'An active access key is old',
      'remedy': 'Replace the access key by temporary credentials, or by a new key.'},
    'unused_access_key': {
      'severity': 'medium', 'title': 'An active access key is not used',
      'remedy': 'Deactivate the access key, and delete it later.'},
    'two_active_access_keys': {
      'severity': 'low', 'title': 'A user has two active access keys',
      'remedy': 'Finish the rotation, and deactivate the older access key.'},
    'unused_user': {
      'severity': 'medium', 'title': 'A user who may sign in does not',
      'remedy': 'Remove the password and the access keys of the user, or the user.'},
    'unused_role': {
      'severity': 'low', 'title': 'A role is not used',
      'remedy': 'Delete the role, or take its policies away.'},
    'open_trust': {
      'severity': 'critical', 'title': 'Anybody may assume a role',
      'remedy': 'Name the principals in the trust policy that are to assume the role.'},
    'open_trust_under_conditions': {
      'severity': 'medium', 'title': 'Anybody who meets conditions may assume a role',
      'remedy': 'Name the principals in the trust policy, and keep the conditions as a second guard.'},
    'open_oidc_trust': {
      'severity': 'high', 'title': 'Every workload of an OIDC provider may assume a role',
      'remedy': 'Demand the subject of your own workload in the trust policy, such as repo:owner/name:*.'},
    'outside_trust_without_external_id': {
      'severity': 'medium', 'title': 'An outside account may assume a role without an external ID',
      'remedy': 'Demand an external ID (sts:ExternalId) or MFA in the trust policy.'},
    'deleted_principal_trust': {
      'severity': 'low', 'title': 'A role trusts a principal that was deleted',
      'remedy': 'Remove the principal from the trust policy.'},
    'administrator_policy': {
      'severity': 'high', 'title': 'A policy of the account allows everything, and somebody has it',
      'remedy': 'Replace the policy by one that allows the actions that are needed.'},
    'inline_administrator': {
      'severity': 'high', 'title': 'An inline policy allows everything',
      'remedy': 'Delete the inline policy, and attach a managed policy that allows what is needed.'},
    'wide_statement': {
      'severity': 'medium', 'title': 'A policy allows all actions of a service, or all but some, on all resources',
      'remedy': 'Name the actions and resources that are needed.'},
    'user_with_own_policies': {
      'severity': 'low', 'title': 'A user has policies of its own',
      'remedy': 'Attach the policies to a group or a role, and put the user into it.'},
    'weak_password_policy': {
      'severity': 'low', 'title': 'Passwords may be short, or used again',
      'remedy': 'Set a password policy with a longer minimum and a memory of former passwords.'},
    'expired_server_certificate': {
      'severity': 'low', 'title': 'A server certificate has expired',
      'remedy': 'Delete the certificate, and use one of Certificate Manager.'},
    'public_snapshot': {
      'severity': 'critical', 'title': 'Everybody may read a snapshot',
      'remedy': 'Make the snapshot private, and block public access to snapshots in the Region.'},
    'public_image': {
      'severity': 'high', 'title': 'Everybody may launch an image',
      'remedy': 'Make the image private, and block public access to images in the Region.'},
    'shared_outside': {
      'severity': 'medium', 'title': 'An image or a snapshot is shared outside the organization',
      'remedy': 'Take the permission of the outside account or organization away.'},
    'administrator_instance': {
      'severity': 'high', 'title': 'An instance has the role of an administrator',
      'remedy': 'Give the instance a role that allows what it needs.'},
    'open_security_group': {
      'severity': 'medium', 'title': 'A security group is open to the internet',
      'remedy': 'Restrict the rules to the addresses that need them.'},
    'imds_v1_instance': {
      'severity': 'medium', 'title': 'An instance with a role answers IMDSv1',
      'remedy': 'Require IMDSv2 of the instance.'}
  }) }}
{% endmacro %}


{# Whether AWS denied one of these columns in a row of the relation with this alias: null there is not "none". #}
{% macro any_unavailable(alias, columns) %}
  {% set hidden = [] %}
  {% for column in columns %}{% do hidden.append(json_array_has(alias ~ '.unavailable_fields', "'" ~ column ~ "'")) %}{% endfor %}
  {{ return('(' ~ hidden | join(' or ') ~ ')') }}
{% endmacro %}

{# Whether sync_coverage says that the last sync read all of these streams, which the organization has once. #}
{% macro is_read(streams) %}
  {% set those = "from " ~ ref('stg_sync_coverage') ~ " as c where c.stream in ('" ~ streams | join("', '") ~ "') and " %}
  {{ return(
    "(select count(distinct c.stream) " ~ those ~ "c.status = 'complete') = " ~ streams | length
    ~ " and (select count(*) " ~ those ~ "c.status <> 'complete') = 0"
  ) }}
{% endmacro %}

{# An expression as text, for evidence. #}
{% macro as_text(expression) %}{{ return('cast(' ~ expression ~ ' as ' ~ type_of('text') ~ ')') }}{% endmacro %}
