"""The destination, as Airbyte runs it: messages on its standard input, and objects in the S3 of embedded AWS."""
