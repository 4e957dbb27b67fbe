"""Rows of OCSF as the Parquet files of an Amazon Security Lake, on the local disk. It alone knows pyarrow.

https://docs.aws.amazon.com/security-lake/latest/userguide/custom-sources.html
"""
