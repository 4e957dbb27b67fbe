"""The accounts of a connection: which ones there are, in what order they are read, and which of them failed."""
