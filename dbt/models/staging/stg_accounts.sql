{{ staging('accounts') }}
