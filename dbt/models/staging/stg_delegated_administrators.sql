{{ staging('delegated_administrators') }}
