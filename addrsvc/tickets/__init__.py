"""Tickets of citizens: no number, missing, wrong; sent and followed without an account."""
