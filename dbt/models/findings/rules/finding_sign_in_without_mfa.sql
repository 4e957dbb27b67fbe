with by_person as (
  select
    account_id,
    person_kind,
    person_owner_id,
    person_id,
    max(person_name) as person_name,
    count(*) as sign_ins,
    max(ended_at) as last_sign_in
  from {{ ref('sign_ins') }}
  where
    result = 'Success'
    and not mfa_used
    and kind in ('console', 'access_portal')
    and person_id is not null
    and ended_at >= {{ days_ago(var('aws_iam_unused_days')) }}
  group by account_id, person_kind, person_owner_id, person_id
)
select
  p.account_id,
  'global' as region,
  case p.person_kind
    when 'iam_user' then 'user' when 'root' then 'root user' else 'Identity Center user'
  end as resource_type,
  p.person_id as resource_id,
  p.person_name as resource_name,
  coalesce(u.arn, i.user_arn) as resource_arn,
  'found' as status,
  {{ json_object_of({'sign_ins': 'p.sign_ins', 'last_sign_in': as_text('p.last_sign_in')}) }} as evidence
from by_person as p
left join {{ ref('stg_users') }} as u on u.account_id = p.person_owner_id and u.user_id = p.person_id
left join {{ ref('stg_identity_center_users') }} as i
  on i.identity_store_id = p.person_owner_id and i.user_id = p.person_id
