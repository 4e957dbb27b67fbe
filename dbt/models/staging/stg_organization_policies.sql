{{ staging('organization_policies') }}
