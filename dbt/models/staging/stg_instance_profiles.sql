{{ staging('instance_profiles') }}
