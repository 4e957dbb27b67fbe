"""The answers to a form that asks for credentials: what is wrong with them, in words, and the credentials as types."""
