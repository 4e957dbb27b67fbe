"""One self-contained page drawn from the warehouse, with the SQL of everything on it.

The questions are in sql/, `sections` says what they mean and how they are drawn, and templates/ draws them. What
the warehouse holds was named by whoever may name things in the account, so only the templates make HTML, and they
escape every value.
"""
