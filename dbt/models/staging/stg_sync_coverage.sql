{{ staging('sync_coverage') }}
