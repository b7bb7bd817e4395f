-- feed_position --
-- The lowest transaction still under way: all below have ended, and what they wrote is visible.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin;

-- events_since --
-- Events behind a transaction and number, in that order, with the position of this snapshot; one
-- row of NULLs where there are none. Transactions yet to come are another server's: a dump brought
-- their events along. xid: xid8 as text. Index: event_xid_idx.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, e.*
FROM (VALUES (1)) AS always (one)
LEFT JOIN LATERAL (
    SELECT event_id, type, subject, data, xid::text AS xid
    FROM event
    WHERE (event.xid, event_id) > (%(xid)s::xid8, %(event_id)s::bigint)
      AND event.xid < pg_snapshot_xmax(pg_current_snapshot())
    ORDER BY event.xid, event_id
    LIMIT %(limit)s) AS e ON true;

-- record_event --
-- One event, in the transaction of the change itself.
INSERT INTO event (recorded_at, type, subject, data)
VALUES (%(at)s, %(type)s, %(subject)s, %(data)s);

-- take_head --
-- Where the chain of a log (events, audit) ends, held until the transaction ends; no row: another
-- sealer holds it. Index: log_head_pkey.
SELECT number, hash FROM log_head WHERE log = %(log)s FOR UPDATE SKIP LOCKED;

-- head --
-- The same to look at. Index: log_head_pkey.
SELECT number, hash FROM log_head WHERE log = %(log)s;

-- move_head --
-- The entry a log now ends with.
UPDATE log_head SET number = %(number)s, hash = %(hash)s WHERE log = %(log)s;

-- is_waiting --
-- Whether there is anything to seal; takes no lock. Index: event_unsealed_idx.
SELECT EXISTS (SELECT FROM event WHERE number IS NULL) AS is_waiting;

-- unsealed --
-- What the chain lacks, oldest first. Index: event_unsealed_idx.
SELECT event_id AS id, recorded_at, type, subject, data
FROM event WHERE number IS NULL ORDER BY event_id LIMIT %(limit)s;

-- set_numbers --
-- Numbers from the first on and the hashes of the chain, for rows in that order, each by its id
-- and moment. Index: event_pkey.
UPDATE event SET number = sealed.number, hash = sealed.hash
FROM (SELECT id, at, hash, %(first)s::bigint + place - 1 AS number
      FROM unnest(%(ids)s::bigint[], %(moments)s::timestamptz[], %(hashes)s::bytea[])
           WITH ORDINALITY AS given (id, at, hash, place)) AS sealed
WHERE event.event_id = sealed.id AND event.recorded_at = sealed.at;

-- sealed_entries --
-- The chain behind a number and id, with the hash of each entry. Index: event_number_key.
SELECT event_id AS id, number, recorded_at, type, subject, data, hash
FROM event WHERE (number, event_id) > (%(number)s::bigint, %(id)s::bigint)
ORDER BY number, event_id LIMIT %(limit)s;

-- entry --
-- The hash of one entry. Index: event_number_key.
SELECT hash FROM event WHERE number = %(number)s;

-- count_unsealed --
-- How many rows wait for the sealer. Index: event_unsealed_idx.
SELECT count(*) AS count FROM event WHERE number IS NULL;
