"""What surrounds a command: files and standard streams, and secrets that must not be printed."""
