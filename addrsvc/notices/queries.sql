-- make_batch --
-- Make a batch; its number.
INSERT INTO notice_batch (commune, locality, note, communes, addresses, made_at, made_by)
VALUES (%(commune)s, %(locality)s, %(note)s, %(communes)s::text[], %(addresses)s, %(made_at)s,
        %(made_by)s)
RETURNING batch_id;

-- fill_batch --
-- Put addresses in a batch, in order.
INSERT INTO notice_batch_address (batch_id, place, address_id)
SELECT %(batch_id)s::bigint, place, address_id
FROM unnest(%(address_ids)s::bigint[]) WITH ORDINALITY AS one (address_id, place);

-- stops --
-- What of addresses in use in a present commune says where one walks; some visibilities, some
-- communes (NULL: all). address_current_commune_idx, address_pkey, address_version_pkey.
SELECT c.address_id, a.code, c.commune_code AS area, v.document -> 'components' AS components
FROM address_current c
JOIN address a ON a.address_id = c.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version
WHERE v.recorded_to IS NULL AND c.commune_code = %(commune)s::text AND c.status = 'current'
  AND a.code IS NOT NULL
  AND c.visibility = any(%(visibilities)s::text[])
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]));

-- batch --
-- One batch. notice_batch_pkey.
SELECT batch_id, commune, locality, note, communes, addresses, made_at, made_by
FROM notice_batch WHERE batch_id = %(batch_id)s::bigint;

-- batches --
-- Batches that lie within some communes (NULL: everywhere), the newest first, before a number.
-- notice_batch_pkey.
SELECT batch_id, commune, locality, note, communes, addresses, made_at, made_by
FROM notice_batch
WHERE batch_id < %(before)s::bigint
  AND (%(areas)s::text[] IS NULL OR communes <@ %(areas)s::text[])
ORDER BY batch_id DESC LIMIT %(limit)s;

-- batch_codes --
-- Codes in a batch after a place, in order. notice_batch_address_pkey.
SELECT b.place, a.code
FROM notice_batch_address b JOIN address a USING (address_id)
WHERE b.batch_id = %(batch_id)s::bigint AND b.place > %(after)s::integer
ORDER BY b.place LIMIT %(limit)s;

-- marks_of --
-- What was done at some addresses and stands, the earliest first. notice_mark_once,
-- notice_mark_visit.
SELECT address_id, state, done_on, how, reason
FROM notice_mark
WHERE address_id = any(%(address_ids)s::bigint[]) AND taken_back_at IS NULL
ORDER BY address_id, state, done_on, mark_id;

-- set_marks --
-- Note that something was done at addresses; where it is noted already, nothing. Which were noted.
-- notice_mark_once, notice_mark_visit.
INSERT INTO notice_mark (address_id, state, done_on, how, reason, set_at, set_by)
SELECT address_id, %(state)s::text, %(done_on)s::date, %(how)s::text, %(reason)s::text,
       %(at)s::timestamptz, %(by)s::text
FROM unnest(%(address_ids)s::bigint[]) AS one (address_id)
ORDER BY address_id
ON CONFLICT DO NOTHING
RETURNING address_id;

-- take_back_marks --
-- Take back that something was done at addresses; of several visits the latest. Which it was noted
-- of. notice_mark_once, notice_mark_visit.
UPDATE notice_mark SET taken_back_at = %(at)s::timestamptz, taken_back_by = %(by)s::text
WHERE mark_id IN (SELECT DISTINCT ON (address_id) mark_id FROM notice_mark
                  WHERE address_id = any(%(address_ids)s::bigint[]) AND state = %(state)s::text
                    AND taken_back_at IS NULL
                  ORDER BY address_id, done_on DESC, mark_id DESC)
  AND taken_back_at IS NULL
RETURNING address_id;

-- notice_counts --
-- Addresses in use by present commune, and at how many what was done; not_met: visited, and nobody
-- told yet; some visibilities, some communes (NULL: all). address_current_commune_idx,
-- notice_mark_once, notice_mark_visit.
SELECT c.commune_code, count(*) AS addresses,
       count(n.mark_id) AS notified, count(p.mark_id) AS plate_fixed,
       count(v.address_id) FILTER (WHERE n.mark_id IS NULL) AS not_met
FROM address_current c
LEFT JOIN notice_mark n
    ON n.address_id = c.address_id AND n.state = 'notified' AND n.taken_back_at IS NULL
LEFT JOIN notice_mark p
    ON p.address_id = c.address_id AND p.state = 'plate-fixed' AND p.taken_back_at IS NULL
LEFT JOIN (SELECT DISTINCT address_id FROM notice_mark
           WHERE state = 'not-met' AND taken_back_at IS NULL) v
    ON v.address_id = c.address_id
WHERE c.status = 'current'
  AND c.visibility = any(%(visibilities)s::text[])
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
GROUP BY c.commune_code ORDER BY c.commune_code;

-- notice_marks_by_commune --
-- At how many addresses in use what was done, by present commune and visibility. Reads all marks.
SELECT c.commune_code AS commune, c.visibility,
       (count(*) FILTER (WHERE m.state = 'notified'))::integer AS notified,
       (count(*) FILTER (WHERE m.state = 'plate-fixed'))::integer AS plate_fixed
FROM notice_mark m JOIN address_current c USING (address_id)
WHERE m.taken_back_at IS NULL AND c.status = 'current'
GROUP BY 1, 2;

-- notice_progress --
-- What was done at the addresses of some batches, by state. notice_batch_address_pkey,
-- notice_mark_once, notice_mark_visit.
SELECT b.batch_id, m.state, count(DISTINCT m.address_id) AS addresses
FROM notice_batch_address b
JOIN notice_mark m ON m.address_id = b.address_id AND m.taken_back_at IS NULL
WHERE b.batch_id = any(%(batch_ids)s::bigint[])
GROUP BY b.batch_id, m.state;

-- marked_at --
-- Codes of addresses of a batch for which somebody noted something at one moment, as it stands.
-- notice_batch_address_pkey.
SELECT a.code
FROM notice_batch_address b
JOIN notice_mark m ON m.address_id = b.address_id AND m.taken_back_at IS NULL
JOIN address a ON a.address_id = b.address_id
WHERE b.batch_id = %(batch_id)s::bigint AND m.state = %(state)s::text
  AND m.set_at = %(at)s::timestamptz AND m.set_by = %(by)s::text
ORDER BY b.place LIMIT %(limit)s;
