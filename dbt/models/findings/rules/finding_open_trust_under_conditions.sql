-- Allow with NotPrincipal lets in everybody but the principals that it names.
with open_to_all as (
  select
    account_id,
    role_id,
    max(role_name) as role_name,
    max(role_arn) as role_arn,
    {{ texts_of_group("case when is_not_principal then 'all but ' || principal else principal end") }} as trusted,
    {{ texts_of_group(json_as_text('conditions'), ' and ') }} as conditions
  from {{ ref('stg_role_trusts') }}
  where effect = 'Allow' and (is_wildcard or is_not_principal) and coalesce({{ json_as_text('conditions') }}, '{}') <> '{}'
  group by account_id, role_id
)
select
  account_id,
  'global' as region,
  'role' as resource_type,
  role_id as resource_id,
  role_name as resource_name,
  role_arn as resource_arn,
  'found' as status,
  {{ json_object_of({'trusted': 'trusted', 'conditions': 'conditions'}) }} as evidence
from open_to_all
