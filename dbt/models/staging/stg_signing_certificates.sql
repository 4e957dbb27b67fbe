{{ staging('signing_certificates') }}
