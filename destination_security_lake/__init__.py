"""An Airbyte destination for Amazon Security Lake, of which there is the mapping to OCSF so far. It writes nothing."""
