"""Benchmarks: a module per subject with ``run() -> list[Figure]``; its docstring is its help.

A subject with ``add_options(parser)`` is given the arguments: ``run(arguments)``. One with
``GATE = True`` ends the command with 1 when an aim is missed. A new one is a new module in
``subjects/``; nothing else has to know of it.
"""
