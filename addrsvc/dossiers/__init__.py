"""Dossiers of administrative procedures and the addresses they are about."""
