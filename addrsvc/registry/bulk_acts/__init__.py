"""Acts over thousands of addresses: planned, previewed, run in chunks, undone as one.

One engine, four kinds. A kind is a ``Rule``: which addresses it concerns, and a pure decision for
each: the document it has from the day on, or why that cannot be said. The engine locks, asks the
rule and writes, a chunk a transaction; what is committed with a chunk is how far the act has got.
"""
