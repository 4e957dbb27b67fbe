"""EC2 and its networks: a module for each stream that is more than a listing."""
