"""What happened, in order: one row per change, in the transaction that made it."""
