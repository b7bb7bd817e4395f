"""Composition root of ``addrsvc worker``: jobs, loops, and the one list of periodic work."""
