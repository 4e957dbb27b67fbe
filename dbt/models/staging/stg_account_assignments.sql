{{ staging('account_assignments') }}
