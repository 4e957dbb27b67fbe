{{ staging('password_policy') }}
