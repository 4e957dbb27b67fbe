select
  f.severity,
  count(*) filter (where f.status = 'found' and not f.is_excepted) as found,
  r.title as finding,
  count(distinct f.account_id) as accounts,
  count(*) filter (where f.status = 'unknown' and not f.is_excepted) as unknown,
  count(*) filter (where f.is_excepted) as excepted,
  r.remedy
from findings as f
inner join finding_rules as r on r.rule = f.rule
group by f.severity, r.title, r.remedy
order by list_position(['critical', 'high', 'medium', 'low'], f.severity), found desc, finding
