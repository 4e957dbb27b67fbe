"""One sync: its context, the order of accounts, failures, the order of messages, the result."""
