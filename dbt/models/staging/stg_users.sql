{{ staging('users') }}
