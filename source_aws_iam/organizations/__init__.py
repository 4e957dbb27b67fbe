"""AWS Organizations: the streams of the organization, its units and accounts, and which accounts a sync reads."""
