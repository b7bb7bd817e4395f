-- addresses_naming --
-- Addresses of dossiers whose text or note names a person (patterns for ILIKE: text[]), locked. Walks
-- the table: somebody asks to be erased a few times a year. Rows opened before: dossiers.
SELECT dossier_id, n, given FROM personal.dossier_address
WHERE given ->> 'text' ILIKE any(%(patterns)s::text[])
   OR given ->> 'note' ILIKE any(%(patterns)s::text[])
ORDER BY dossier_id, n FOR UPDATE;

-- put_given --
-- What is left of an address as given; words about it may quote what is gone. Rows opened before:
-- dossiers. Index: dossier_address_pkey.
UPDATE personal.dossier_address
SET given = %(given)s, verdict = verdict || '{"corrections": [], "reasons": []}'
WHERE dossier_id = %(dossier_id)s AND n = %(n)s;

-- take_out_offices --
-- Offices and states that name a person. Walks the table, as above. Rows opened before: dossiers.
UPDATE personal.dossier
SET office = CASE WHEN office ILIKE any(%(patterns)s::text[]) THEN NULL ELSE office END,
    status = CASE WHEN status ILIKE any(%(patterns)s::text[]) THEN NULL ELSE status END
WHERE office ILIKE any(%(patterns)s::text[]) OR status ILIKE any(%(patterns)s::text[]);
