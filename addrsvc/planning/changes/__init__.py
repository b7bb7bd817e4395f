"""What a plan changes: ground, addresses, dossiers; and telling of it."""
