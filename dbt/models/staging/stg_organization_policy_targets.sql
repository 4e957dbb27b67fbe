{{ staging('organization_policy_targets') }}
