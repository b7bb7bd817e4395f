"""Plumbing that knows no slice: pools, transactions, named queries, constraint names."""
