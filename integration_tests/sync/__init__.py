"""`make sync`: a whole sync, with its progress on the screen.

Airbyte's own Python client runs the installed `source-aws-iam` command and loads DuckDB, from embedded AWS or
from a real account; then some questions are put to the tables in SQL.
"""
