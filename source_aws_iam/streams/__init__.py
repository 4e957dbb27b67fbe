"""Base classes of streams by scope, call plans, and keys of rows. They know no AWS service."""
