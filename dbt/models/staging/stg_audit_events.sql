{{ staging('audit_events') }}
