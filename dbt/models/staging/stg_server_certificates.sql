{{ staging('server_certificates') }}
