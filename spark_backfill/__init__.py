"""audit_events of years, from the log files of a trail in S3, with Spark. The rows are those of the connector.

The files are read by Spark's own `binaryFile` source and mapped with `mapInArrow`, in Python processes that call the
connector's code for a record. Both exist on EMR, Glue and Databricks; `mapInArrow` also where a client is connected to
Spark and there are no RDDs. Neither airbyte-cdk nor boto3 is imported.
"""
