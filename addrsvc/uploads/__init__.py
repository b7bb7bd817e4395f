"""Whole files as bodies of requests: to the disk piece by piece, whatever they are for."""
