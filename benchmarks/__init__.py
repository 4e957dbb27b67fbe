"""Benchmarks: seconds, requests, CPU and memory of the connector. Nothing here passes or fails by the clock."""
