-- open_own --
-- Open the dossiers a principal brought in itself, for the rest of the transaction.
SELECT set_config('addrsvc.dossiers_of', %(principal)s, true);

-- find_dossier --
-- One dossier by what its code is compared by. Rows opened before: dossiers.
-- Index: dossier_code_key_key.
SELECT * FROM personal.dossier WHERE code_key = %(key)s;

-- lock_dossier --
-- The same, locked. Rows opened before: dossiers. Index: dossier_code_key_key.
SELECT * FROM personal.dossier WHERE code_key = %(key)s FOR UPDATE;

-- alike --
-- Codes of other dossiers that name the same agency, day and number. Rows opened before: dossiers.
-- Index: dossier_canonical_idx.
SELECT code FROM personal.dossier
WHERE canonical = %(canonical)s AND code_key <> %(key)s ORDER BY dossier_id LIMIT 10;

-- touch_dossier --
-- One version more: something about its addresses was decided. Rows opened before: dossiers.
-- Index: dossier_pkey.
UPDATE personal.dossier SET version = version + 1, changed_at = %(at)s, changed_by = %(principal)s
WHERE dossier_id = %(dossier_id)s;

-- addresses_of --
-- Addresses that dossiers (ids: bigint[]) carry now, in order, with their links. Rows opened
-- before: dossiers. Index: dossier_address_pkey, dossier_link_open_key, address_pkey.
SELECT a.*, l.how, l.valid_from AS linked_from, l.linked_by, i.code AS link_code
FROM personal.dossier_address a
LEFT JOIN personal.dossier_link l
    ON l.dossier_id = a.dossier_id AND l.n = a.n AND l.valid_to IS NULL
LEFT JOIN public.address i ON i.address_id = l.address_id
WHERE a.dossier_id = any(%(ids)s::bigint[]) AND a.removed_at IS NULL
ORDER BY a.dossier_id, a.n;

-- decide_address --
-- What a person decided, and what was so before (``former``: link_id; NULL: none).
-- Rows opened before: dossiers. Index: dossier_address_pkey.
WITH kept AS (
    INSERT INTO personal.dossier_decision (dossier_id, n, what, decided_by, decided_at,
                                           state_before, link_before)
    SELECT dossier_id, n, %(decision)s, %(principal)s, %(at)s, state, %(former)s
    FROM personal.dossier_address WHERE dossier_id = %(dossier_id)s AND n = %(n)s)
UPDATE personal.dossier_address
SET state = %(state)s, decision = %(decision)s, decided_by = %(principal)s, decided_at = %(at)s
WHERE dossier_id = %(dossier_id)s AND n = %(n)s;

-- last_decisions --
-- The last decision about an address that stands, and the one before it, with the link each ended.
-- Rows opened before: dossiers. Index: dossier_decision_address_idx, dossier_link_pkey,
-- address_pkey.
SELECT d.*, l.how, i.code
FROM personal.dossier_decision d
LEFT JOIN personal.dossier_link l ON l.link_id = d.link_before
LEFT JOIN public.address i ON i.address_id = l.address_id
WHERE d.dossier_id = %(dossier_id)s AND d.n = %(n)s AND d.undone_at IS NULL
ORDER BY d.decision_id DESC LIMIT 2;

-- undo_decision --
-- Rows opened before: dossiers. Index: dossier_decision_pkey.
UPDATE personal.dossier_decision SET undone_at = %(at)s, undone_by = %(principal)s
WHERE decision_id = %(decision_id)s;

-- restore_address --
-- Give an address the state and decision (NULL: none) it had. Rows opened before: dossiers.
-- Index: dossier_address_pkey.
UPDATE personal.dossier_address
SET state = %(state)s, decision = %(decision)s, decided_by = %(decided_by)s,
    decided_at = %(decided_at)s
WHERE dossier_id = %(dossier_id)s AND n = %(n)s;

-- insert_link --
-- Link an address of a dossier to the address of a code. Rows opened before: dossiers.
-- Index: address_code_key.
INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by)
SELECT %(dossier_id)s, %(n)s, address_id, %(how)s, %(at)s, %(principal)s
FROM public.address WHERE code = %(code)s;

-- end_link --
-- End the link of an address, if it has one; give its link_id. Rows opened before: dossiers. Index: dossier_link_open_key.
UPDATE personal.dossier_link
SET valid_to = %(at)s, ended_by = %(principal)s, why_ended = %(why)s
WHERE dossier_id = %(dossier_id)s AND n = %(n)s AND valid_to IS NULL
RETURNING link_id;

-- clear_reach --
-- Index: dossier_reach_dossier_idx.
DELETE FROM personal.dossier_reach WHERE dossier_id = %(dossier_id)s;

-- put_reach --
-- Where a dossier may lie: addresses by code, else communes (text[] each).
-- Index: address_code_key, address_current_pkey.
INSERT INTO personal.dossier_reach (dossier_id, address_id, commune_code)
SELECT %(dossier_id)s::bigint, c.address_id, c.commune_code
FROM public.address i JOIN public.address_current c USING (address_id)
WHERE i.code = any(%(codes)s::text[])
UNION ALL
SELECT %(dossier_id)s::bigint, NULL, code FROM unnest(%(communes)s::text[]) AS code;

-- communes_of --
-- Present communes a dossier may lie in. Index: dossier_reach_dossier_idx.
SELECT DISTINCT commune_code AS code FROM personal.dossier_reach
WHERE dossier_id = %(dossier_id)s ORDER BY 1;

-- links_of_address --
-- Dossiers linked to the address of a code, the latest link first; ``history``: former links too;
-- ``before`` (link_id). Rows opened before: dossiers.
-- Index: address_code_key, dossier_link_address_idx.
SELECT l.link_id, d.code, l.n, a.role, l.how, l.valid_from, l.linked_by, l.valid_to, l.ended_by,
       l.why_ended
FROM public.address i
JOIN personal.dossier_link l ON l.address_id = i.address_id
JOIN personal.dossier d ON d.dossier_id = l.dossier_id
JOIN personal.dossier_address a ON a.dossier_id = l.dossier_id AND a.n = l.n
WHERE i.code = %(address)s AND (%(history)s OR l.valid_to IS NULL) AND l.link_id < %(before)s
ORDER BY l.link_id DESC LIMIT %(limit)s;

-- list_dossiers --
-- Dossiers received on legal days from … to (both included; NULL: whenever), with an address in a
-- state (NULL: any), in order of identity behind ``after``. Rows opened before: dossiers.
-- Index: dossier_pkey, dossier_received_idx, dossier_address_state_idx.
SELECT d.* FROM personal.dossier d
WHERE d.dossier_id > %(after)s
  AND (%(from)s::date IS NULL OR d.received_on >= %(from)s::date)
  AND (%(to)s::date IS NULL OR d.received_on <= %(to)s::date)
  AND (%(state)s::text IS NULL OR EXISTS (
        SELECT FROM personal.dossier_address a
        WHERE a.dossier_id = d.dossier_id AND a.removed_at IS NULL AND a.state = %(state)s))
ORDER BY d.dossier_id LIMIT %(limit)s;

-- list_dossiers_in --
-- The same of those that may lie in present communes (text[]), and of those a principal brought in
-- (``own``; NULL: of no others). Rows opened before: dossiers.
-- Index: dossier_reach_commune_idx, dossier_created_by_idx, dossier_pkey.
WITH reached AS MATERIALIZED (
    SELECT dossier_id FROM personal.dossier_reach
    WHERE commune_code = any(%(communes)s::text[]) AND dossier_id > %(after)s
    UNION
    SELECT dossier_id FROM personal.dossier
    WHERE created_by = %(own)s AND dossier_id > %(after)s)
SELECT d.* FROM reached JOIN personal.dossier d USING (dossier_id)
WHERE (%(from)s::date IS NULL OR d.received_on >= %(from)s::date)
  AND (%(to)s::date IS NULL OR d.received_on <= %(to)s::date)
  AND (%(state)s::text IS NULL OR EXISTS (
        SELECT FROM personal.dossier_address a
        WHERE a.dossier_id = d.dossier_id AND a.removed_at IS NULL AND a.state = %(state)s))
ORDER BY d.dossier_id LIMIT %(limit)s;

-- standing --
-- How addresses of codes (text[]) stand now. Index: address_code_key, address_current_pkey.
SELECT i.code, c.status, c.visibility, c.commune_code
FROM public.address i JOIN public.address_current c USING (address_id)
WHERE i.code = any(%(codes)s::text[]);
