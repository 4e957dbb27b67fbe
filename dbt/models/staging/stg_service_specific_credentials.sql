{{ staging('service_specific_credentials') }}
