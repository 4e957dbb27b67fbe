"""What surrounds a command: its files, standard streams, signals, and secrets that must not be printed."""
