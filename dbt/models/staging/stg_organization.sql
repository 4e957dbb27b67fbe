{{ staging('organization') }}
