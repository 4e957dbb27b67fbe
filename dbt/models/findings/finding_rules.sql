{%- for name, rule in finding_rules().items() %}
select
  '{{ name }}' as rule,
  '{{ rule.severity }}' as severity,
  '{{ rule.title }}' as title,
  '{{ rule.remedy }}' as remedy
{{ 'union all' if not loop.last }}
{%- endfor %}
