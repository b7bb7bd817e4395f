-- record --
-- One entry, in the transaction of the act itself.
INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome, request_id, detail)
VALUES (%(at)s, %(principal)s, %(action)s, %(subject)s, %(outcome)s, %(request_id)s, %(detail)s);

-- is_waiting --
-- Whether there is anything to seal; takes no lock. Index: audit_entry_unsealed_idx.
SELECT EXISTS (SELECT FROM audit_entry WHERE number IS NULL) AS is_waiting;

-- unsealed --
-- What the chain lacks, oldest first. Index: audit_entry_unsealed_idx.
SELECT audit_id AS id, recorded_at, principal, action, subject, outcome, request_id, detail
FROM audit_entry WHERE number IS NULL ORDER BY audit_id LIMIT %(limit)s;

-- set_numbers --
-- Numbers from the first on and the hashes of the chain, for rows in that order, each by its id
-- and moment. Index: audit_entry_pkey.
UPDATE audit_entry SET number = sealed.number, hash = sealed.hash
FROM (SELECT id, at, hash, %(first)s::bigint + place - 1 AS number
      FROM unnest(%(ids)s::bigint[], %(moments)s::timestamptz[], %(hashes)s::bytea[])
           WITH ORDINALITY AS given (id, at, hash, place)) AS sealed
WHERE audit_entry.audit_id = sealed.id AND audit_entry.recorded_at = sealed.at;

-- sealed_entries --
-- The chain behind a number and id, with the hash of each entry. Index: audit_entry_number_key.
SELECT audit_id AS id, number, recorded_at, principal, action, subject, outcome,
       request_id, detail, hash
FROM audit_entry WHERE (number, audit_id) > (%(number)s::bigint, %(id)s::bigint)
ORDER BY number, audit_id LIMIT %(limit)s;

-- entry --
-- The hash of one entry. Index: audit_entry_number_key.
SELECT hash FROM audit_entry WHERE number = %(number)s;

-- count_unsealed --
-- How many rows wait for the sealer. Index: audit_entry_unsealed_idx.
SELECT count(*) AS count FROM audit_entry WHERE number IS NULL;

-- entries --
-- Sealed entries behind a number, oldest first; every filter may be NULL. action: its beginning.
-- Index: audit_entry_number_key, audit_entry_principal_idx, audit_entry_subject_idx.
SELECT number, recorded_at, principal, action, subject, outcome, request_id, detail, hash
FROM audit_entry
WHERE number > %(behind)s::bigint
  AND (%(principal)s::text IS NULL OR principal = %(principal)s)
  AND (%(action)s::text IS NULL OR action ^@ %(action)s)
  AND (%(subject)s::text IS NULL OR subject = %(subject)s)
  AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
  AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR recorded_at < %(until)s)
ORDER BY number LIMIT %(limit)s;

-- entries_backwards --
-- The same, newest first.
SELECT number, recorded_at, principal, action, subject, outcome, request_id, detail, hash
FROM audit_entry
WHERE number < %(behind)s::bigint
  AND (%(principal)s::text IS NULL OR principal = %(principal)s)
  AND (%(action)s::text IS NULL OR action ^@ %(action)s)
  AND (%(subject)s::text IS NULL OR subject = %(subject)s)
  AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
  AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR recorded_at < %(until)s)
ORDER BY number DESC LIMIT %(limit)s;
