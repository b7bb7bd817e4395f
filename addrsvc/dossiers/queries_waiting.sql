-- claim_next --
-- Take the next addresses of a state that nobody decided on or looks at, alike ones together, until
-- ``until``; of a role, a reason, a procedure (NULL: any). Rows opened before: dossiers.
-- Index: dossier_address_queue_idx, dossier_pkey, dossier_claim_pkey.
WITH next AS (
    SELECT a.dossier_id, a.n
    FROM personal.dossier_address a JOIN personal.dossier d USING (dossier_id)
    WHERE a.state = %(state)s AND a.removed_at IS NULL AND a.decision IS NULL
      AND (%(role)s::text IS NULL OR a.role = %(role)s)
      AND (%(reason)s::jsonb IS NULL OR a.verdict -> 'reasons' @> %(reason)s::jsonb)
      AND (%(procedure)s::text IS NULL OR d.procedure_code = %(procedure)s)
      AND NOT EXISTS (SELECT FROM personal.dossier_claim c
                      WHERE c.dossier_id = a.dossier_id AND c.n = a.n AND c.until > %(at)s)
    ORDER BY personal.dossier_alike(a.given, a.verdict), a.dossier_id, a.n LIMIT %(limit)s)
INSERT INTO personal.dossier_claim (dossier_id, n, claimed_by, until)
SELECT dossier_id, n, %(principal)s, %(until)s FROM next
-- who came first keeps it
ON CONFLICT (dossier_id, n) DO UPDATE
SET claimed_by = excluded.claimed_by, until = excluded.until
WHERE dossier_claim.until <= %(at)s
RETURNING dossier_id, n;

-- claim_next_in --
-- The same of dossiers that may lie in present communes (text[]), and of those a principal brought
-- in (``own``; NULL: of no others). Rows opened before: dossiers.
-- Index: dossier_reach_commune_idx, dossier_created_by_idx, dossier_address_pkey.
WITH reached AS MATERIALIZED (
    SELECT dossier_id FROM personal.dossier_reach WHERE commune_code = any(%(communes)s::text[])
    UNION
    SELECT dossier_id FROM personal.dossier WHERE created_by = %(own)s),
next AS (
    SELECT a.dossier_id, a.n
    FROM reached JOIN personal.dossier_address a USING (dossier_id)
    JOIN personal.dossier d USING (dossier_id)
    WHERE a.state = %(state)s AND a.removed_at IS NULL AND a.decision IS NULL
      AND (%(role)s::text IS NULL OR a.role = %(role)s)
      AND (%(reason)s::jsonb IS NULL OR a.verdict -> 'reasons' @> %(reason)s::jsonb)
      AND (%(procedure)s::text IS NULL OR d.procedure_code = %(procedure)s)
      AND NOT EXISTS (SELECT FROM personal.dossier_claim c
                      WHERE c.dossier_id = a.dossier_id AND c.n = a.n AND c.until > %(at)s)
    ORDER BY personal.dossier_alike(a.given, a.verdict), a.dossier_id, a.n LIMIT %(limit)s)
INSERT INTO personal.dossier_claim (dossier_id, n, claimed_by, until)
SELECT dossier_id, n, %(principal)s, %(until)s FROM next
ON CONFLICT (dossier_id, n) DO UPDATE
SET claimed_by = excluded.claimed_by, until = excluded.until
WHERE dossier_claim.until <= %(at)s
RETURNING dossier_id, n;

-- renew_claims --
-- Whoever goes on working keeps what it took. Index: dossier_claim_by_idx.
UPDATE personal.dossier_claim SET until = %(until)s
WHERE claimed_by = %(principal)s AND until > %(at)s;

-- end_claims --
-- Claims that lapsed, and of a principal those it has decided on, or all (``all``).
-- Index: dossier_claim_until_idx, dossier_claim_by_idx, dossier_address_pkey.
DELETE FROM personal.dossier_claim c
WHERE c.until <= %(at)s OR (c.claimed_by = %(principal)s AND (%(all)s OR EXISTS (
    SELECT FROM personal.dossier_address a
    WHERE a.dossier_id = c.dossier_id AND a.n = c.n AND a.decision IS NOT NULL)));

-- dossiers_of --
-- Dossiers (ids: bigint[]). Rows opened before: dossiers. Index: dossier_pkey.
SELECT * FROM personal.dossier WHERE dossier_id = any(%(ids)s::bigint[]);

-- order_of --
-- Addresses (ids, numbers: as many of each) in the order of the queue. Rows opened before: dossiers.
-- Index: dossier_address_pkey.
SELECT a.dossier_id, a.n
FROM unnest(%(ids)s::bigint[], %(numbers)s::smallint[]) AS asked (dossier_id, n)
JOIN personal.dossier_address a USING (dossier_id, n)
ORDER BY personal.dossier_alike(a.given, a.verdict), a.dossier_id, a.n;

-- count_waiting --
-- How many addresses of a state nobody decided on, counted up to ``most``; filters as above.
-- Rows opened before: dossiers. Index: dossier_address_queue_idx, dossier_pkey.
SELECT count(*) AS count FROM (
    SELECT FROM personal.dossier_address a JOIN personal.dossier d USING (dossier_id)
    WHERE a.state = %(state)s AND a.removed_at IS NULL AND a.decision IS NULL
      AND (%(role)s::text IS NULL OR a.role = %(role)s)
      AND (%(reason)s::jsonb IS NULL OR a.verdict -> 'reasons' @> %(reason)s::jsonb)
      AND (%(procedure)s::text IS NULL OR d.procedure_code = %(procedure)s)
    LIMIT %(most)s) AS few;

-- count_waiting_in --
-- The same in communes, and of those a principal brought in, as ``claim_next_in``. Rows opened
-- before: dossiers. Index: dossier_reach_commune_idx, dossier_created_by_idx, dossier_address_pkey.
WITH reached AS MATERIALIZED (
    SELECT dossier_id FROM personal.dossier_reach WHERE commune_code = any(%(communes)s::text[])
    UNION
    SELECT dossier_id FROM personal.dossier WHERE created_by = %(own)s)
SELECT count(*) AS count FROM (
    SELECT FROM reached JOIN personal.dossier_address a USING (dossier_id)
    JOIN personal.dossier d USING (dossier_id)
    WHERE a.state = %(state)s AND a.removed_at IS NULL AND a.decision IS NULL
      AND (%(role)s::text IS NULL OR a.role = %(role)s)
      AND (%(reason)s::jsonb IS NULL OR a.verdict -> 'reasons' @> %(reason)s::jsonb)
      AND (%(procedure)s::text IS NULL OR d.procedure_code = %(procedure)s)
    LIMIT %(most)s) AS few;

-- decided_since --
-- How many decisions of a principal since a moment stand. Rows opened before: dossiers.
-- Index: dossier_decision_by_idx.
SELECT count(*) AS count FROM personal.dossier_decision
WHERE decided_by = %(principal)s AND decided_at >= %(since)s AND undone_at IS NULL;

-- same_text --
-- What people decided about other addresses of the very same texts (text[]): by number of the
-- text, from 1. Rows opened before: dossiers.
-- Index: dossier_address_decided_idx, dossier_link_open_key, address_pkey.
SELECT t.number, a.state, i.code, count(*) AS count
FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS t (text, number)
JOIN personal.dossier_address a
    ON personal.dossier_text(a.given) = personal.dossier_text(jsonb_build_object('text', t.text))
   AND a.removed_at IS NULL AND a.decision IS NOT NULL
LEFT JOIN personal.dossier_link l
    ON l.dossier_id = a.dossier_id AND l.n = a.n AND l.valid_to IS NULL
LEFT JOIN public.address i ON i.address_id = l.address_id
GROUP BY t.number, a.state, i.code ORDER BY t.number, count(*) DESC, i.code;

-- reasons_waiting --
-- Reasons for which addresses wait, by how many of the first ``most``. Rows opened before: dossiers.
-- Index: dossier_address_queue_idx.
SELECT reason ->> 0 AS id, min(reason ->> 1) AS vi, min(reason ->> 2) AS en, count(*) AS count
FROM (SELECT a.verdict FROM personal.dossier_address a
      WHERE a.state = %(state)s AND a.removed_at IS NULL AND a.decision IS NULL
      LIMIT %(most)s) AS few, jsonb_array_elements(few.verdict -> 'reasons') AS reason
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 30;

-- reasons_waiting_in --
-- The same in communes (text[]), and of those a principal brought in. Rows opened before: dossiers.
-- Index: dossier_reach_commune_idx, dossier_created_by_idx, dossier_address_pkey.
WITH reached AS MATERIALIZED (
    SELECT dossier_id FROM personal.dossier_reach WHERE commune_code = any(%(communes)s::text[])
    UNION
    SELECT dossier_id FROM personal.dossier WHERE created_by = %(own)s)
SELECT reason ->> 0 AS id, min(reason ->> 1) AS vi, min(reason ->> 2) AS en, count(*) AS count
FROM (SELECT a.verdict FROM reached JOIN personal.dossier_address a USING (dossier_id)
      WHERE a.state = %(state)s AND a.removed_at IS NULL AND a.decision IS NULL
      LIMIT %(most)s) AS few, jsonb_array_elements(few.verdict -> 'reasons') AS reason
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 30;
