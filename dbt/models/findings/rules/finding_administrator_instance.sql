with profiles as (
  select p.account_id, p.instance_profile_id, {{ json_text(item_json('r'), ['role_id']) }} as role_id
  from {{ ref('stg_instance_profiles') }} as p
  {{ unnest_json('p.roles', 'r') }}
),
administrators as (
  select
    account_id,
    identity_id,
    max(identity_name) as role_name,
    {{ texts_of_group('policy_name') }} as policies
  from {{ ref('administrators') }}
  where identity_type = 'role'
  group by account_id, identity_id
)
select
  i.account_id,
  i.region,
  'instance' as resource_type,
  i.instance_id as resource_id,
  {{ json_text('i.tags', ['Name']) }} as resource_name,
  'arn:' || i.{{ column_name('partition') }} || ':ec2:' || i.region || ':' || i.account_id || ':instance/' || i.instance_id
    as resource_arn,
  'found' as status,
  {{ json_object_of({'role_name': 'a.role_name', 'policies': 'a.policies', 'state': 'i.state'}) }} as evidence
from {{ ref('stg_ec2_instances') }} as i
inner join profiles as p on p.account_id = i.account_id and p.instance_profile_id = i.iam_instance_profile_id
inner join administrators as a on a.account_id = p.account_id and a.identity_id = p.role_id
where coalesce(i.state, 'unknown') not in ('shutting-down', 'terminated')
