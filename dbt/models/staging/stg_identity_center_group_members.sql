{{ staging('identity_center_group_members') }}
