{{ staging('application_assignments') }}
