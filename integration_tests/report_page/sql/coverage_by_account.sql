with reads as (
  select coalesce(account_name, account_id, 'no account') as account, status
  from coverage
)
select account, status, count(*) as reads
from reads
group by account, status
order by sum(count(*)) over (partition by account) desc, account, status
