with by_person as (
  select
    account_id,
    person_kind,
    person_key,
    max(person_name) as person_name,
    count(*) as sign_ins,
    max(ended_at) as last_sign_in
  from {{ ref('sign_ins') }}
  where
    result = 'Success'
    and not mfa_used
    and kind in ('console', 'access_portal')
    and person_key is not null
    and ended_at >= {{ days_ago(var('aws_iam_unused_days')) }}
  group by account_id, person_kind, person_key
)
select
  p.account_id,
  'global' as region,
  case p.person_kind when 'IAM user' then 'user' else p.person_kind end as resource_type,
  p.person_key as resource_id,
  p.person_name as resource_name,
  i.arn as resource_arn,
  'found' as status,
  {{ json_object_of({'sign_ins': 'p.sign_ins', 'last_sign_in': as_text('p.last_sign_in')}) }} as evidence
from by_person as p
left join {{ ref('identities') }} as i on i.identity_key = p.person_key
