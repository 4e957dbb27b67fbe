select
  r.title as finding,
  coalesce(f.account_name, f.account_id) as account,
  f.resource_type || ' ' || coalesce(f.resource_name, f.resource_id) as resource,
  f.region,
  f.status,
  f.resource_arn,
  cast(f.evidence as varchar) as evidence
from findings as f
inner join finding_rules as r on r.rule = f.rule
where f.severity = 'critical' and not f.is_excepted
order by f.status, finding, account, resource
