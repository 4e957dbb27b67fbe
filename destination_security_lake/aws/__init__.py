"""Everything that talks to AWS: signing in, the bucket of the lake, and `check`. It knows nothing of Airbyte."""
