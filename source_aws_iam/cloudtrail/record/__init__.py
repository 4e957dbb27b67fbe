"""The CloudTrail record: its columns, who acted, and the secrets in it. Knows no source of records."""
