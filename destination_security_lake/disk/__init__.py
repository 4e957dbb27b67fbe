"""What one run keeps on disk: a folder of its own, and lines that come back sorted. Nothing of OCSF, Parquet or AWS."""
