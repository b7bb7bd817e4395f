"""Dossiers in numbers: per commune, procedure, day, role; what waits; how well addresses match."""
