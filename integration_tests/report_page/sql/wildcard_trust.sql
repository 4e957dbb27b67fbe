-- Allow with NotPrincipal lets in everybody but the principals it names.
select
  case
    when t.conditions is null or t.conditions::varchar = '{}' then 'anybody, without a condition'
    else 'anybody, under conditions'
  end as finding,
  t.role_name,
  case when t.is_not_principal then 'all but ' || t.principal else t.principal end as trusted,
  coalesce(t.conditions::varchar, 'none') as conditions,
  case
    when json_contains(r.unavailable_fields, '"role_last_used_date"') then 'unknown'
    else coalesce(strftime(r.role_last_used_date, '%Y-%m-%d'), 'not in 400 days')
  end as role_last_used,
  t.role_arn
from role_trusts t
left join roles r on r.role_id = t.role_id
where t.effect = 'Allow' and (t.is_wildcard or t.is_not_principal)
order by finding desc, t.role_name, t.statement_index
