-- set_service_state --
-- Keep one state of the whole service, in place of the one before. By the primary key.
INSERT INTO service_state (key, value, set_by, set_at)
VALUES (%(key)s, %(value)s, %(set_by)s, %(set_at)s)
ON CONFLICT (key) DO UPDATE
SET value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at
