-- Who is assigned in several ways is one person.
select
  coalesce(a.account_name, h.account_id) as account,
  h.permission_set_name as permission_set,
  count(distinct h.identity_key) as people
from assignment_holders as h
left join stg_accounts as a on a.account_id = h.account_id
group by 1, 2
order by account, permission_set
