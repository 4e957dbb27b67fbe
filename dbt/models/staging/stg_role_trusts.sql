{{ staging('role_trusts') }}
