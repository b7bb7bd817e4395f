-- insert_ticket --
-- Put a ticket on record; nothing where one came with this request_key before (bytea, NULL: none),
-- whose number is the same then. lon, lat: EPSG:4326 degrees, NULL: none. Index: ticket_number_idx, ticket_request_idx.
INSERT INTO ticket (number_hash, kind, address_id, position, accuracy_m, commune_code, has_contact,
                    received_at, due_on, request_key, request_mark)
VALUES (%(number_hash)s, %(kind)s, %(address_id)s::bigint,
        ST_SetSRID(ST_MakePoint(%(lon)s::double precision, %(lat)s::double precision), 4326),
        %(accuracy_m)s::double precision, %(commune)s::text, %(has_contact)s, %(at)s, %(due_on)s,
        %(request_key)s::bytea, %(request_mark)s::bytea)
ON CONFLICT DO NOTHING
RETURNING ticket_id;

-- by_request --
-- What came with a request_key under any key of the ring (bytea[]). Index: ticket_request_idx.
SELECT ticket_id, number_hash, request_mark FROM ticket
WHERE request_key = any(%(request_keys)s::bytea[]);

-- by_number --
-- The ticket of a number. number_hash: bytea. Index: ticket_number_idx.
SELECT t.ticket_id, t.kind, t.state, t.version, a.code, ST_X(t.position) AS lon,
       ST_Y(t.position) AS lat, t.accuracy_m, t.commune_code, t.has_contact, t.received_at,
       t.due_on, t.handled_by, t.handled_at, t.closed_at, t.answer, r.code AS result, t.erased_at
FROM ticket t
LEFT JOIN address a ON a.address_id = t.address_id
LEFT JOIN address r ON r.address_id = t.result_address_id
WHERE t.number_hash = %(number_hash)s;

-- by_ids --
-- Tickets (ids: bigint[]) in the order asked, within present communes (text[], NULL: everywhere).
-- Index: ticket_pkey.
SELECT t.ticket_id, t.kind, t.state, t.version, a.code, ST_X(t.position) AS lon,
       ST_Y(t.position) AS lat, t.accuracy_m, t.commune_code, t.has_contact, t.received_at,
       t.due_on, t.handled_by, t.handled_at, t.closed_at, t.answer, r.code AS result, t.erased_at
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS asked (ticket_id, place)
JOIN ticket t USING (ticket_id)
LEFT JOIN address a ON a.address_id = t.address_id
LEFT JOIN address r ON r.address_id = t.result_address_id
WHERE %(areas)s::text[] IS NULL OR t.commune_code = any(%(areas)s::text[])
ORDER BY asked.place;

-- list_ids --
-- Tickets before a number, the newest first; of a state, kind, commune (NULL: any), within present
-- communes (text[], NULL: everywhere). Index: ticket_pkey, ticket_commune_idx, ticket_state_idx.
SELECT ticket_id FROM ticket
WHERE ticket_id < %(before)s::bigint
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
ORDER BY ticket_id DESC LIMIT %(limit)s;

-- lock_ticket --
-- Index: ticket_pkey.
SELECT state, version, commune_code FROM ticket WHERE ticket_id = %(ticket_id)s::bigint
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
FOR UPDATE;

-- change_ticket --
-- A state and what goes with it; answer and result stay where nothing new is said, and go when it
-- is open again (``is_anew``). Index: ticket_pkey.
UPDATE ticket
SET state = %(state)s, version = version + 1, handled_by = %(principal)s, handled_at = %(at)s,
    closed_at = %(closed_at)s::timestamptz,
    answer = CASE WHEN %(is_anew)s THEN NULL ELSE coalesce(%(answer)s::text, answer) END,
    result_address_id = %(result_id)s::bigint,
    claimed_by = NULL, claimed_until = NULL
WHERE ticket_id = %(ticket_id)s::bigint;

-- end_claims --
-- Index: ticket_open_idx.
UPDATE ticket SET claimed_by = NULL, claimed_until = NULL
WHERE closed_at IS NULL AND claimed_by = %(principal)s;

-- claim_next --
-- Give the next open tickets to a clerk until a moment: those due first; of a state, kind, commune
-- (NULL: any), within present communes (text[], NULL: everywhere). Those somebody else looks at are
-- passed over. Index: ticket_open_idx, ticket_open_commune_idx.
WITH next AS MATERIALIZED (
    SELECT ticket_id FROM ticket
    WHERE closed_at IS NULL
      AND (claimed_until IS NULL OR claimed_until <= %(at)s)
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(kind)s::text IS NULL OR kind = %(kind)s)
      AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
      AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
    ORDER BY due_on, ticket_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE ticket t SET claimed_by = %(principal)s, claimed_until = %(until)s
FROM next WHERE t.ticket_id = next.ticket_id
RETURNING t.ticket_id, t.due_on;

-- count_open --
-- How many wait, counted up to ``most``; filters as above. Index: ticket_open_idx,
-- ticket_open_commune_idx.
SELECT count(*) AS count FROM (
    SELECT FROM ticket
    WHERE closed_at IS NULL
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(kind)s::text IS NULL OR kind = %(kind)s)
      AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
      AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
    LIMIT %(most)s) AS waiting;

-- count_open_by_commune --
-- How many are open in each present commune, of those (text[], NULL: everywhere); those of which
-- the commune is not known are left out. Index: ticket_open_commune_idx.
SELECT commune_code, count(*) AS count FROM ticket
WHERE closed_at IS NULL AND commune_code IS NOT NULL
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
GROUP BY commune_code;

-- count_closed --
-- How many a principal closed since a moment. Index: ticket_handled_idx.
SELECT count(*) AS count FROM ticket
WHERE handled_by = %(principal)s AND closed_at >= %(since)s;

-- due_for_erasing --
-- Tickets closed before a moment with words still kept, locked. Index: ticket_erase_idx.
SELECT ticket_id FROM ticket
WHERE erased_at IS NULL AND closed_at < %(before)s
ORDER BY closed_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- note_erased --
-- What is left in a ticket names nobody. ids: bigint[]. Index: ticket_pkey.
UPDATE ticket
SET erased_at = %(at)s, answer = NULL, request_key = NULL, request_mark = NULL, has_contact = false
WHERE ticket_id = any(%(ids)s::bigint[]);

-- note_contact_gone --
-- ids: bigint[]. Index: ticket_pkey.
UPDATE ticket SET has_contact = false WHERE ticket_id = any(%(ids)s::bigint[]);

-- answers_naming --
-- Answers that name a person (patterns for ILIKE: text[]) go. Walks the table: somebody asks to be
-- erased a few times a year.
UPDATE ticket SET answer = NULL WHERE answer ILIKE any(%(patterns)s::text[]);
