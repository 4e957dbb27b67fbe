"""Rows of source-aws-iam as rows of OCSF 1.3.0, and the columns that these have. Pure: the standard library alone."""
