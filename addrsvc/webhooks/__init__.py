"""Receivers of changes: who hears of what, signed deliveries, retries, replay."""
