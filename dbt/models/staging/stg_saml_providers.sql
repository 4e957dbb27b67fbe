{{ staging('saml_providers') }}
