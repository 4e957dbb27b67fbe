{{ staging('groups') }}
