"""The configuration: its form, what is wrong with it in words, and its types."""
