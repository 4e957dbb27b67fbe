"""An Airbyte destination for Amazon Security Lake, of which there is all between rows and Parquet files so far."""
