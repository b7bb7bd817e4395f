"""Addresses: assign, look up, correct, retire; history; files in and out."""
