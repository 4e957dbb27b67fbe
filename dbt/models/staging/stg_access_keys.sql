{{ staging('access_keys') }}
