{{ staging('roles') }}
