{{ staging('policy_statements') }}
