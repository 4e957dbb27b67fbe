{{ staging('account_summary') }}
