"""IAM Access Analyzer: a module for each stream."""
