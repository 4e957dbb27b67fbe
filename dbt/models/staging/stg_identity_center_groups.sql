{{ staging('identity_center_groups') }}
