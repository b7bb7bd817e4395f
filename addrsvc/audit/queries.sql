-- record --
-- One entry, in the transaction of the act itself.
INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome, request_id, detail)
VALUES (%(at)s, %(principal)s, %(action)s, %(subject)s, %(outcome)s, %(request_id)s, %(detail)s);
