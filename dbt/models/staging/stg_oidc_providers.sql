{{ staging('oidc_providers') }}
