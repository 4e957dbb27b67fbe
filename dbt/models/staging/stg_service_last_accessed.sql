{{ staging('service_last_accessed') }}
