{{ staging('policy_versions') }}
