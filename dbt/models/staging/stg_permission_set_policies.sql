{{ staging('permission_set_policies') }}
