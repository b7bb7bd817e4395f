"""Benchmarks: a module per subject with ``run() -> list[Figure]``; its docstring is its help.

A new one is a new module in ``subjects/``; nothing else has to know of it.
"""
