"""The streams that one list call cannot make: joins and derived rows."""
