-- Who can read this object of S3?
-- Answers are yes, conditional and no: macros/who_can.sql says what they mean.
{{ who_can(action='s3:GetObject', resource='arn:aws:s3:::reports-0/2026/summary.csv') }}
order by answer desc, identity_kind, identity_name, path
