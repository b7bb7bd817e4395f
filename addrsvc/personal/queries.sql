-- put_holders --
-- The people behind addresses, sealed; the latest replaces the one before. Arrays of one length.
-- Rows opened before (row_is_open): holders. Index: address_holder_pkey.
INSERT INTO personal.address_holder AS h (address_id, sealed, key_id, name_index, phone_index,
                                          recorded_at, recorded_by)
SELECT g.address_id, g.sealed, %(key_id)s, g.name_index, g.phone_index, %(at)s, %(principal)s
FROM unnest(%(ids)s::bigint[], %(sealed)s::text[], %(name_indexes)s::bytea[],
            %(phone_indexes)s::bytea[]) AS g (address_id, sealed, name_index, phone_index)
ON CONFLICT (address_id) DO UPDATE
SET name = NULL, phone = NULL, sealed = excluded.sealed, key_id = excluded.key_id,
    name_index = excluded.name_index, phone_index = excluded.phone_index,
    recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by;

-- holders_of --
-- The people behind addresses (ids: bigint[]); every reading is audited by the service.
-- Rows opened before: holders. Index: address_holder_pkey.
SELECT address_id, name, phone, sealed, key_id, recorded_at FROM personal.address_holder
WHERE address_id = any(%(ids)s::bigint[]) ORDER BY address_id;

-- lock_holder --
-- The person behind an address, locked. Rows opened before: holders. Index: address_holder_pkey.
SELECT address_id, name, phone, sealed, key_id FROM personal.address_holder
WHERE address_id = %(address_id)s FOR UPDATE;

-- put_first_holder --
-- The person behind an address, sealed; nothing where somebody is there, also since this very
-- moment. Rows opened before: holders. Index: address_holder_pkey.
INSERT INTO personal.address_holder (address_id, sealed, key_id, name_index, phone_index,
                                     recorded_at, recorded_by)
SELECT g.address_id, g.sealed, %(key_id)s, g.name_index, g.phone_index, %(at)s, %(principal)s
FROM unnest(%(ids)s::bigint[], %(sealed)s::text[], %(name_indexes)s::bytea[],
            %(phone_indexes)s::bytea[]) AS g (address_id, sealed, name_index, phone_index)
ON CONFLICT (address_id) DO NOTHING;

-- find_holders --
-- Addresses of one person by blind indexes under every key (bytea[]), at any address with this
-- phone, or at the one address named (either may be NULL). Rows opened before: holders.
-- Index: address_holder_phone_index_idx, address_holder_pkey.
SELECT address_id FROM personal.address_holder
WHERE name_index = any(%(name_indexes)s::bytea[])
  AND (phone_index = any(%(phone_indexes)s::bytea[]) OR address_id = %(address_id)s::bigint)
ORDER BY address_id FOR UPDATE;

-- erase_holders --
-- Rows opened before: holders. Index: address_holder_pkey.
DELETE FROM personal.address_holder WHERE address_id = any(%(ids)s::bigint[]);

-- erase_notes --
-- What readers wrote of holders. Rows opened before: holders.
DELETE FROM personal.reading_note WHERE address_id = any(%(ids)s::bigint[]);

-- count_reading --
-- One more reading of a principal on a day; gives how many that makes. Index: reading_day_pkey.
INSERT INTO personal.reading_day AS d (principal, day, readings)
VALUES (%(principal)s, %(day)s, 1)
ON CONFLICT (principal, day) DO UPDATE SET readings = d.readings + 1
RETURNING readings;

-- insert_note --
-- Rows opened before: holders.
INSERT INTO personal.reading_note (recorded_at, principal, address_id, sealed, key_id)
VALUES (%(at)s, %(principal)s, %(address_id)s, %(sealed)s, %(key_id)s);

-- insert_request --
-- Rows opened before: requests.
INSERT INTO personal.request (kind, received_on, reply_by, due_on, received_by)
VALUES (%(kind)s, %(received_on)s, %(reply_by)s, %(due_on)s, %(principal)s)
RETURNING request_id;

-- reseal_request --
-- Who asked, sealed. Rows opened before: requests. Index: request_pkey.
UPDATE personal.request SET sealed = %(sealed)s, key_id = %(key_id)s WHERE request_id = %(id)s;

-- requests --
-- Requests, those due first; ``id`` NULL: any; ``open_only``; ``due_by`` (date) NULL: whenever.
-- Rows opened before: requests. Index: request_due_idx.
SELECT request_id, kind, status, received_on, reply_by, due_on, received_by, handled_by,
       handled_at, outcome, sealed, key_id
FROM personal.request
WHERE (%(id)s::bigint IS NULL OR request_id = %(id)s)
  AND (NOT %(open_only)s OR status = 'open')
  AND (%(due_by)s::date IS NULL OR due_on <= %(due_by)s)
ORDER BY status = 'open' DESC, due_on, request_id LIMIT 1000;

-- close_request --
-- Rows opened before: requests.
UPDATE personal.request
SET status = %(status)s, handled_by = %(principal)s, handled_at = %(at)s, outcome = %(outcome)s
WHERE request_id = %(request_id)s AND status = 'open';

-- overdue --
-- How many requests are late; for readiness and metrics. Rows opened before: requests.
SELECT count(*) AS overdue FROM personal.request WHERE status = 'open' AND due_on < %(today)s;

-- plain_holders --
-- Rows kept before there was a key, locked. Rows opened before: holders.
-- Index: address_holder_plain_idx.
SELECT address_id, name, phone FROM personal.address_holder
WHERE sealed IS NULL ORDER BY address_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- reseal_holders --
-- The same people sealed anew; when and by whom they were recorded stays. Arrays of one length.
-- Rows opened before: holders. Index: address_holder_pkey.
UPDATE personal.address_holder h
SET name = NULL, phone = NULL, sealed = g.sealed, key_id = %(key_id)s,
    name_index = g.name_index, phone_index = g.phone_index
FROM unnest(%(ids)s::bigint[], %(sealed)s::text[], %(name_indexes)s::bytea[],
            %(phone_indexes)s::bytea[]) AS g (address_id, sealed, name_index, phone_index)
WHERE h.address_id = g.address_id;

-- holders_of_other_keys --
-- Rows not sealed with the newest key, locked. Rows opened before: holders.
SELECT address_id, name, phone, sealed, key_id FROM personal.address_holder
WHERE sealed IS NOT NULL AND key_id <> %(key_id)s
ORDER BY address_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- requests_of_other_keys --
-- Rows opened before: requests.
SELECT request_id AS id, sealed, key_id FROM personal.request
WHERE sealed IS NOT NULL AND key_id <> %(key_id)s
ORDER BY request_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- notes_of_other_keys --
-- Rows opened before: holders.
SELECT note_id AS id, address_id, sealed, key_id FROM personal.reading_note
WHERE key_id <> %(key_id)s ORDER BY note_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- reseal_note --
-- Rows opened before: holders. Index: reading_note_pkey.
UPDATE personal.reading_note SET sealed = %(sealed)s, key_id = %(key_id)s WHERE note_id = %(id)s;

-- key_uses --
-- How many documents each key sealed; key_id NULL: rows still plain. Rows opened before: holders,
-- requests, tickets, submissions.
SELECT key_id, count(*) AS documents FROM (
    SELECT key_id FROM personal.address_holder
    UNION ALL SELECT key_id FROM personal.request WHERE sealed IS NOT NULL
    UNION ALL SELECT key_id FROM personal.reading_note
    UNION ALL SELECT key_id FROM personal.ticket_said
    UNION ALL SELECT key_id FROM personal.submission_private) AS sealed
GROUP BY key_id ORDER BY key_id;

-- held --
-- A page of addresses with a person behind them. Rows opened before: holders.
-- Index: address_holder_pkey.
SELECT address_id FROM personal.address_holder WHERE address_id > %(after)s
ORDER BY address_id LIMIT %(limit)s;

-- forget_askers --
-- Rows opened before: requests.
UPDATE personal.request SET sealed = NULL, key_id = NULL
WHERE sealed IS NOT NULL AND handled_at < %(before)s;

-- drop_notes --
-- Rows opened before: holders.
DELETE FROM personal.reading_note WHERE recorded_at < %(before)s;

-- drop_reading_days --
-- before: date.
DELETE FROM personal.reading_day WHERE day < %(before)s;

-- mark_now --
-- Number of a transaction that begins now; all that began before have lower ones.
SELECT pg_current_xact_id()::text AS mark;

-- has_all_before_ended --
-- Whether no transaction that began before mark goes on.
SELECT pg_snapshot_xmin(pg_current_snapshot()) > %(mark)s::text::xid8 AS ended;

-- put_said --
-- What the sender of a ticket wrote, sealed. Rows opened before: tickets.
-- Index: ticket_said_pkey.
INSERT INTO personal.ticket_said (ticket_id, commune_code, sealed, key_id)
VALUES (%(ticket_id)s, %(commune)s, %(sealed)s, %(key_id)s)
ON CONFLICT (ticket_id) DO UPDATE SET sealed = excluded.sealed, key_id = excluded.key_id;

-- said_of --
-- What senders of tickets (ids: bigint[]) wrote. Rows opened before: tickets.
-- Index: ticket_said_pkey.
SELECT ticket_id, sealed, key_id FROM personal.ticket_said
WHERE ticket_id = any(%(ids)s::bigint[]) ORDER BY ticket_id;

-- said_after --
-- A page of what senders of tickets wrote, locked. Rows opened before: tickets.
-- Index: ticket_said_pkey.
SELECT ticket_id, commune_code, sealed, key_id FROM personal.ticket_said
WHERE ticket_id > %(after)s ORDER BY ticket_id LIMIT %(limit)s FOR UPDATE;

-- erase_said --
-- Rows opened before: tickets. Index: ticket_said_pkey.
DELETE FROM personal.ticket_said WHERE ticket_id = any(%(ids)s::bigint[]);

-- said_of_other_keys --
-- Rows opened before: tickets.
SELECT ticket_id AS id, sealed, key_id FROM personal.ticket_said
WHERE key_id <> %(key_id)s ORDER BY ticket_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- reseal_said --
-- Rows opened before: tickets. Index: ticket_said_pkey.
UPDATE personal.ticket_said SET sealed = %(sealed)s, key_id = %(key_id)s WHERE ticket_id = %(id)s;

-- put_collected --
-- What a collector noted beside a record, sealed; the moment it first came stays. Rows opened
-- before: submissions. Index: submission_private_pkey.
INSERT INTO personal.submission_private (submission_id, commune_code, sealed, key_id, kept_at,
                                         has_contact, holder_differs)
VALUES (%(record)s::uuid, %(commune)s::text, %(sealed)s, %(key_id)s, %(at)s, %(has_contact)s,
        %(differs)s)
ON CONFLICT (submission_id) DO UPDATE
SET commune_code = excluded.commune_code, sealed = excluded.sealed, key_id = excluded.key_id,
    has_contact = excluded.has_contact, holder_differs = excluded.holder_differs;

-- lock_collected --
-- What was noted beside a record, locked. Rows opened before: submissions.
-- Index: submission_private_pkey.
SELECT submission_id AS id, commune_code, sealed, key_id, holder_differs, kept_at
FROM personal.submission_private WHERE submission_id = %(record)s::uuid FOR UPDATE;

-- place_collected --
-- Of a record whose commune became known later. Rows opened before: submissions.
-- Index: submission_private_pkey, submission_pkey.
UPDATE personal.submission_private p SET commune_code = s.commune_code
FROM submission s
WHERE p.submission_id = %(record)s::uuid AND s.submission_id = p.submission_id
  AND p.commune_code IS DISTINCT FROM s.commune_code;

-- collected_after --
-- A page of what was noted, locked. Rows opened before: submissions.
-- Index: submission_private_pkey.
SELECT submission_id AS id, commune_code, sealed, key_id, holder_differs, kept_at
FROM personal.submission_private
WHERE submission_id > %(after)s::uuid ORDER BY submission_id LIMIT %(limit)s FOR UPDATE;

-- contacts_of_accepted --
-- Records that were accepted and whose contact has no place yet, a page in order of identity.
-- Rows opened before: submissions.
-- Index: submission_private_contact_idx, submission_pkey.
SELECT p.submission_id AS id
FROM personal.submission_private p
JOIN submission s ON s.submission_id = p.submission_id
WHERE p.has_contact AND NOT p.holder_differs AND p.submission_id > %(after)s::uuid
  AND s.state = 'accepted' AND s.act IN ('add', 'correct') AND s.address_id IS NOT NULL
ORDER BY p.submission_id LIMIT %(limit)s;

-- contacts_differing --
-- Records whose address has another holder. Rows opened before: submissions.
-- Index: submission_private_differs_idx.
SELECT submission_id AS id FROM personal.submission_private
WHERE holder_differs ORDER BY kept_at, submission_id LIMIT %(limit)s;

-- erase_collected --
-- Rows opened before: submissions. Index: submission_private_pkey.
DELETE FROM personal.submission_private WHERE submission_id = any(%(ids)s::uuid[]);

-- drop_collected --
-- Rows opened before: submissions. Once a day: the whole table.
DELETE FROM personal.submission_private WHERE kept_at < %(before)s;

-- collected_of_other_keys --
-- Rows opened before: submissions.
SELECT submission_id AS id, sealed, key_id FROM personal.submission_private
WHERE key_id <> %(key_id)s ORDER BY submission_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- reseal_collected --
-- Rows opened before: submissions. Index: submission_private_pkey.
UPDATE personal.submission_private SET sealed = %(sealed)s, key_id = %(key_id)s
WHERE submission_id = %(id)s;
