"""Addresses in bulk: files in, files out, every row accounted for."""
