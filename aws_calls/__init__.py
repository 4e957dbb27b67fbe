"""How AWS is called: signing in, signing, sending, paging, and what a failure means. It knows no service's data."""
