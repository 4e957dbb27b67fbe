"""What the connector costs: seconds, requests, CPU and memory. Nothing here passes or fails by the clock."""
