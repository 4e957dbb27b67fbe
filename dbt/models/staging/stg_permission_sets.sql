{{ staging('permission_sets') }}
