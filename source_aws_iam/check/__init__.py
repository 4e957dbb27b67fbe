"""`check`: who calls, which accounts and Regions can be read, and how much of each stream."""
