"""Append-only record of who did what, or tried to: chained and sealed as events are.

**Audited**: every change of the register and of its lists, each in the transaction of the change
itself; exports and imports; each reading of a person's data, with its purpose; keys, accounts,
grants and receivers of webhooks; signing in, also where it failed; requests answered 403 to
somebody who is known, merged by who, route and reason and written every few seconds
(:mod:`addrsvc.edge.refusals`).

**Not audited**: lookups, geocoding, lists and the feed, which show nothing of people (the request
log has a line of each); what is refused to nobody in particular: an unknown key or no key at all
(401), a wrong request, too many requests; requests for what is concealed, answered 404 as if it
were not there; reading this log; snapshots of a database that cannot be written to just then (the
request log has a line of each); and the last seconds of refusals of a process that was killed.
"""
