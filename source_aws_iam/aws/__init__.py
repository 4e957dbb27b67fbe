"""The only room that imports boto3 and botocore. It knows nothing of Airbyte."""
