"""Messages in, objects and confirmed states out: what `write` does. It alone knows the order of both."""
