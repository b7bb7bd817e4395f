-- insert_receiver --
-- A new receiver; a second one of the same owner and URL gives no row.
INSERT INTO webhook_receiver (owner, url, description, types, scopes, areas, state, created_at,
                              followed_to)
VALUES (%(owner)s, %(url)s, %(description)s, %(types)s, %(scopes)s, %(areas)s, 'active', %(at)s,
        %(followed_to)s)
ON CONFLICT (owner, url) DO NOTHING
RETURNING receiver_id;

-- count_of_owner --
-- How many receivers an owner has. Index: webhook_receiver_url_key.
SELECT count(*) AS count FROM webhook_receiver WHERE owner = %(owner)s;

-- receiver_locked --
-- One receiver, locked until the transaction ends. Index: webhook_receiver_pkey.
SELECT * FROM webhook_receiver WHERE receiver_id = %(receiver_id)s FOR UPDATE;

-- receiver_by_id --
-- One receiver. Index: webhook_receiver_pkey.
SELECT * FROM webhook_receiver WHERE receiver_id = %(receiver_id)s;

-- standings --
-- Receivers with what waits for them, in order of identity; owner, receiver_id: NULL for all.
-- Index: webhook_delivery_waiting_idx, webhook_delivery_dead_idx.
SELECT r.*, w.waiting, w.next_at, d.dead
FROM webhook_receiver r
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, min(next_at) AS next_at FROM webhook_delivery
    WHERE receiver_id = r.receiver_id AND state = 'waiting') AS w
CROSS JOIN LATERAL (
    SELECT count(*) AS dead FROM webhook_delivery
    WHERE receiver_id = r.receiver_id AND state = 'dead') AS d
WHERE (%(owner)s::text IS NULL OR r.owner = %(owner)s)
  AND (%(receiver_id)s::bigint IS NULL OR r.receiver_id = %(receiver_id)s)
ORDER BY r.receiver_id;

-- change_receiver --
-- What its owner says of it; a new state also ends what was held up and why it was disabled.
-- NULL: as before.
UPDATE webhook_receiver
SET url = coalesce(%(url)s, url),
    description = coalesce(%(description)s, description),
    types = CASE WHEN %(with_types)s THEN %(types)s::text[] ELSE types END,
    scopes = coalesce(%(scopes)s::text[], scopes),
    areas = CASE WHEN %(scopes)s::text[] IS NULL THEN areas ELSE %(areas)s::text[] END,
    state = coalesce(%(state)s, state),
    why_disabled = CASE WHEN %(state)s::text IS NULL THEN why_disabled END,
    failures = CASE WHEN %(state)s::text IS NULL THEN failures ELSE 0 END,
    failing_since = CASE WHEN %(state)s::text IS NULL THEN failing_since END,
    hold_until = CASE WHEN %(state)s::text IS NULL THEN hold_until END
WHERE receiver_id = %(receiver_id)s;

-- remove_receiver --
-- A receiver with its secrets and deliveries.
DELETE FROM webhook_receiver WHERE receiver_id = %(receiver_id)s;

-- add_secret --
-- The present secret of a receiver; end the one before first.
INSERT INTO webhook_secret (receiver_id, token, key_id, created_at)
VALUES (%(receiver_id)s, %(token)s, %(key_id)s, %(at)s);

-- end_secrets --
-- The present secret signs beside its successor until then; those whose time is over go.
WITH gone AS (
    DELETE FROM webhook_secret WHERE receiver_id = %(receiver_id)s AND ends_at <= %(at)s)
UPDATE webhook_secret SET ends_at = least(ends_at, %(ends_at)s)
WHERE receiver_id = %(receiver_id)s AND (ends_at IS NULL OR ends_at > %(at)s);

-- secrets_of --
-- Secrets that sign now, the present one first. Index: webhook_secret_receiver_idx.
SELECT token, key_id FROM webhook_secret
WHERE receiver_id = %(receiver_id)s AND (ends_at IS NULL OR ends_at > %(at)s)
ORDER BY ends_at DESC NULLS FIRST, created_at DESC;

-- secrets_of_other_keys --
-- Secrets not encrypted with the newest key.
SELECT receiver_id, token, key_id FROM webhook_secret WHERE key_id <> %(key_id)s FOR UPDATE;

-- replace_token --
-- The same secret under another key.
UPDATE webhook_secret SET token = %(token)s, key_id = %(key_id)s
WHERE receiver_id = %(receiver_id)s AND token = %(before)s;

-- lock_behind --
-- An active receiver that has not followed the feed to its end and has room for more, locked.
-- Which one: the first of identity behind ``after`` that nobody else holds.
SELECT r.* FROM webhook_receiver r
WHERE r.state = 'active' AND r.followed_to < %(newest)s AND r.receiver_id > %(after)s
  AND (SELECT count(*) FROM webhook_delivery d
       WHERE d.receiver_id = r.receiver_id AND d.state = 'waiting') < %(room)s
ORDER BY r.receiver_id LIMIT 1
FOR UPDATE SKIP LOCKED;

-- enqueue --
-- Deliveries of some events to a receiver, which has followed the feed to a number with that.
WITH added AS (
    INSERT INTO webhook_delivery (receiver_id, number, next_at)
    SELECT %(receiver_id)s, number, %(at)s FROM unnest(%(numbers)s::bigint[]) AS n (number)
    ON CONFLICT (receiver_id, number) DO NOTHING)
UPDATE webhook_receiver SET followed_to = %(followed_to)s WHERE receiver_id = %(receiver_id)s;

-- claim --
-- Receivers with something due that nobody delivers to, for one deliverer until its lease ends;
-- those longest without an attempt first. Index: webhook_delivery_waiting_idx.
WITH free AS MATERIALIZED (
    SELECT r.receiver_id FROM webhook_receiver r
    WHERE r.state = 'active'
      AND (r.claimed_until IS NULL OR r.claimed_until <= %(at)s)
      AND (r.hold_until IS NULL OR r.hold_until <= %(at)s)
      AND EXISTS (SELECT FROM webhook_delivery d
                  WHERE d.receiver_id = r.receiver_id AND d.state = 'waiting'
                    AND d.next_at <= %(at)s)
    ORDER BY r.last_attempt_at NULLS FIRST, r.receiver_id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED)
UPDATE webhook_receiver r SET claimed_by = %(claimed_by)s, claimed_until = %(until)s
FROM free WHERE r.receiver_id = free.receiver_id
RETURNING r.*;

-- release --
-- Give receivers back: one, or with NULL all a deliverer holds.
UPDATE webhook_receiver SET claimed_by = NULL, claimed_until = NULL
WHERE claimed_by = %(claimed_by)s
  AND (%(receiver_id)s::bigint IS NULL OR receiver_id = %(receiver_id)s);

-- due --
-- What a receiver is to be sent now, in order of the feed. Index: webhook_delivery_waiting_idx.
SELECT number, state, attempts, next_at, attempted_at, last_status, last_error
FROM webhook_delivery
WHERE receiver_id = %(receiver_id)s AND state = 'waiting' AND next_at <= %(at)s
ORDER BY number LIMIT %(limit)s;

-- note_attempt --
-- What came of one attempt, at the delivery and its receiver. One row: how the receiver stands;
-- none: it was removed meanwhile.
WITH delivery AS (
    UPDATE webhook_delivery
    SET state = %(state)s, attempts = attempts + 1, next_at = %(next_at)s, attempted_at = %(at)s,
        last_status = %(status)s, last_error = %(error)s
    WHERE receiver_id = %(receiver_id)s AND number = %(number)s AND state = 'waiting')
UPDATE webhook_receiver
SET failures = CASE WHEN %(error)s::text IS NULL THEN 0 ELSE failures + 1 END,
    failing_since = CASE WHEN %(error)s::text IS NULL THEN NULL
                    ELSE coalesce(failing_since, %(at)s) END,
    hold_until = %(hold_until)s,
    last_attempt_at = %(at)s,
    last_success_at = CASE WHEN %(error)s::text IS NULL THEN %(at)s ELSE last_success_at END,
    last_status = %(status)s,
    last_error = %(error)s,
    state = CASE WHEN %(disable)s::text IS NULL THEN state ELSE 'disabled' END,
    why_disabled = coalesce(%(disable)s, why_disabled)
WHERE receiver_id = %(receiver_id)s
RETURNING state, failures, failing_since;

-- disable_receiver --
-- The service stops sending; what waits stays.
UPDATE webhook_receiver SET state = 'disabled', why_disabled = %(why)s
WHERE receiver_id = %(receiver_id)s;

-- withhold --
-- A delivery that is not for this receiver any more.
DELETE FROM webhook_delivery WHERE receiver_id = %(receiver_id)s AND number = %(number)s;

-- wake --
-- A receiver that was down is back: what waits is due at once, in order.
UPDATE webhook_delivery SET next_at = %(at)s
WHERE receiver_id = %(receiver_id)s AND state = 'waiting' AND next_at > %(at)s;

-- replay_from --
-- Forget what became of deliveries from a number on: the feed is followed from there again.
WITH gone AS (
    DELETE FROM webhook_delivery WHERE receiver_id = %(receiver_id)s AND number >= %(number)s)
UPDATE webhook_receiver SET followed_to = least(followed_to, %(number)s - 1)
WHERE receiver_id = %(receiver_id)s;

-- replay_dead --
-- Dead letters wait again, as if never tried. Index: webhook_delivery_dead_idx.
UPDATE webhook_delivery SET state = 'waiting', attempts = 0, next_at = %(at)s
WHERE receiver_id = %(receiver_id)s AND state = 'dead';

-- replay_one --
-- One delivery waits again, whatever became of it.
UPDATE webhook_delivery SET state = 'waiting', attempts = 0, next_at = %(at)s
WHERE receiver_id = %(receiver_id)s AND number = %(number)s;

-- deliveries --
-- Deliveries of a receiver, latest event first; state: NULL for all. Index: webhook_delivery_pkey.
SELECT number, state, attempts, next_at, attempted_at, last_status, last_error
FROM webhook_delivery
WHERE receiver_id = %(receiver_id)s AND number < %(before)s
  AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY number DESC LIMIT %(limit)s;

-- forget_delivered --
-- Deliveries done long ago. Index: webhook_delivery_delivered_idx.
DELETE FROM webhook_delivery WHERE state = 'delivered' AND attempted_at < %(before)s;
