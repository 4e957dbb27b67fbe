"""What IAM holds of one account, read once per sync for all streams, by the cheapest calls that are allowed.

Each module is one thing and the calls that read it. A bulk call comes first; where AWS denies it, per-entity calls take
over. What AWS denies altogether is null, and named in the row's `unavailable_fields`. Rows are kept for as long as the
account is being read, which IAM's own quotas bound: 5,000 users, 5,000 roles, 5,000 policies
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
"""
