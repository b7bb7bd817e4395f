"""A copy of the register in one SQLite file, kept by the public API alone: the reference client.

Built from ``/v1/snapshot``, brought along by ``/v1/events``. Nothing of the server's own is used
but the pure form of the hash chain, so that who writes a client of their own sees all it takes:

* :mod:`~addrsvc.replica.server` asks, and tells what will pass from what will not;
* :mod:`~addrsvc.replica.copy` keeps addresses and the number reached in one transaction, so that
  it may be killed anywhere;
* :mod:`~addrsvc.replica.following` builds, follows, checks.
"""
