-- insert_dossiers --
-- Dossiers that are not there yet, in the order of their keys; those that are, perhaps unseen, give
-- no row. Rows opened before: dossiers. Index: dossier_code_key_key.
INSERT INTO personal.dossier (code, code_key, canonical, received_on, received_at, due_at,
    finished_at, procedure_code, field_code, office, status, channel, version, created_at,
    created_by, changed_at, changed_by)
SELECT code, key, canonical, received_on, received_at, due_at, finished_at, procedure_code,
       field_code, office, status, channel, 1, %(at)s, %(principal)s, %(at)s, %(principal)s
FROM unnest(%(codes)s::text[], %(keys)s::text[], %(canonicals)s::text[], %(received_on)s::date[],
            %(received_at)s::timestamptz[], %(due_at)s::timestamptz[],
            %(finished_at)s::timestamptz[], %(procedure_code)s::text[], %(field_code)s::text[],
            %(office)s::text[], %(status)s::text[], %(channel)s::text[])
     WITH ORDINALITY AS given (code, key, canonical, received_on, received_at, due_at, finished_at,
                               procedure_code, field_code, office, status, channel, place)
ORDER BY place
ON CONFLICT (code_key) DO NOTHING
RETURNING *;

-- lock_dossiers --
-- Dossiers by what their codes are compared by (text[]), locked in that order. Rows opened before:
-- dossiers. Index: dossier_code_key_key.
SELECT * FROM personal.dossier WHERE code_key = any(%(keys)s::text[]) ORDER BY code_key FOR UPDATE;

-- update_dossiers --
-- Their facts, by who and when, and one version more of each. Rows opened before: dossiers.
-- Index: dossier_pkey.
UPDATE personal.dossier
SET received_on = given.received_on, received_at = given.received_at, due_at = given.due_at,
    finished_at = given.finished_at, procedure_code = given.procedure_code,
    field_code = given.field_code, office = given.office, status = given.status,
    channel = given.channel, version = version + 1, changed_at = %(at)s,
    changed_by = %(principal)s
FROM unnest(%(ids)s::bigint[], %(received_on)s::date[], %(received_at)s::timestamptz[],
            %(due_at)s::timestamptz[], %(finished_at)s::timestamptz[],
            %(procedure_code)s::text[], %(field_code)s::text[], %(office)s::text[],
            %(status)s::text[], %(channel)s::text[])
     AS given (dossier_id, received_on, received_at, due_at, finished_at, procedure_code,
               field_code, office, status, channel)
WHERE dossier.dossier_id = given.dossier_id;

-- last_numbers --
-- The highest number an address of each dossier (bigint[]) ever had; none had: no row. Rows opened
-- before: dossiers. Index: dossier_address_pkey.
SELECT dossier_id, max(n) AS last FROM personal.dossier_address
WHERE dossier_id = any(%(ids)s::bigint[]) GROUP BY dossier_id;

-- insert_addresses --
-- Rows opened before: dossiers.
INSERT INTO personal.dossier_address (dossier_id, n, role, given, state, category, verdict,
                                      judged_at, recorded_at)
SELECT dossier_id, n, role, said::jsonb, state, category, verdict::jsonb, %(at)s, %(at)s
FROM unnest(%(ids)s::bigint[], %(ns)s::smallint[], %(roles)s::text[], %(given)s::text[],
            %(states)s::text[], %(categories)s::text[], %(verdicts)s::text[])
     AS given (dossier_id, n, role, said, state, category, verdict);

-- insert_links --
-- Link addresses of dossiers to the addresses of codes. Rows opened before: dossiers.
-- Index: address_code_key.
INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by)
SELECT given.dossier_id, given.n, address.address_id, given.how, %(at)s, %(principal)s
FROM unnest(%(ids)s::bigint[], %(ns)s::smallint[], %(codes)s::text[], %(hows)s::text[])
     WITH ORDINALITY AS given (dossier_id, n, code, how, place)
JOIN public.address USING (code)
ORDER BY given.place;

-- end_links --
-- End the links of addresses that are taken out of their dossiers. Rows opened before: dossiers.
-- Index: dossier_link_open_key.
UPDATE personal.dossier_link
SET valid_to = %(at)s, ended_by = %(principal)s, why_ended = 'removed'
FROM unnest(%(ids)s::bigint[], %(ns)s::smallint[]) AS given (dossier_id, n)
WHERE dossier_link.dossier_id = given.dossier_id AND dossier_link.n = given.n
  AND dossier_link.valid_to IS NULL;

-- remove_addresses --
-- Rows opened before: dossiers. Index: dossier_address_pkey.
UPDATE personal.dossier_address SET removed_at = %(at)s
FROM unnest(%(ids)s::bigint[], %(ns)s::smallint[]) AS given (dossier_id, n)
WHERE dossier_address.dossier_id = given.dossier_id AND dossier_address.n = given.n;

-- clear_reaches --
-- Index: dossier_reach_dossier_idx.
DELETE FROM personal.dossier_reach WHERE dossier_id = any(%(ids)s::bigint[]);

-- put_reaches --
-- Where dossiers may lie: addresses by code, else communes; each with its dossier.
-- Index: address_code_key, address_current_pkey.
INSERT INTO personal.dossier_reach (dossier_id, address_id, commune_code)
SELECT given.dossier_id, c.address_id, c.commune_code
FROM unnest(%(ids)s::bigint[], %(codes)s::text[]) AS given (dossier_id, code)
JOIN public.address i USING (code)
JOIN public.address_current c USING (address_id)
UNION ALL
SELECT dossier_id, NULL, code
FROM unnest(%(around_ids)s::bigint[], %(communes)s::text[]) AS around (dossier_id, code)
RETURNING dossier_id, commune_code;
