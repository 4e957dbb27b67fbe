"""Calls to AWS. The only package that imports boto3 and botocore, and it knows neither Airbyte nor any stream."""
