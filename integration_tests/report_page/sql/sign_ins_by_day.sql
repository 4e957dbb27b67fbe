-- The 30 days that end with the newest sign-in.
select day, result, count(*) as sign_ins
from sign_ins
where day > (select max(day) from sign_ins) - interval '30 days'
group by day, result
order by day, result
