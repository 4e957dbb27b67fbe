{{ staging('identity_center_instances') }}
