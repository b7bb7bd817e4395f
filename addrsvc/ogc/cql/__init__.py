"""Filters in CQL2: capped before they are read, read by a library, told in bound SQL by us.

Source: OGC 21-065r2, Common Query Language (CQL2).
"""
