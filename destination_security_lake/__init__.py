"""An Airbyte destination that writes rows of source-aws-iam into an Amazon Security Lake, as OCSF in Parquet."""
