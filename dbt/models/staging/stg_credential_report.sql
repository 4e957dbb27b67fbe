{{ staging('credential_report') }}
