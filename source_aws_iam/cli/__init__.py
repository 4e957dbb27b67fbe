"""What surrounds a command: files, standard streams, signals, and secrets that must not be printed."""
