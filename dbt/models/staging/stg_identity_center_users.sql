{{ staging('identity_center_users') }}
