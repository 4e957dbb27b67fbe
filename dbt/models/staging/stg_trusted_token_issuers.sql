{{ staging('trusted_token_issuers') }}
