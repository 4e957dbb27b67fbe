{{ staging('mfa_devices') }}
