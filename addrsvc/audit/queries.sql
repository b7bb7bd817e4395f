-- record --
-- One entry, in the transaction of the act itself.
INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome, request_id, detail)
VALUES (%(at)s, %(principal)s, %(action)s, %(subject)s, %(outcome)s, %(request_id)s, %(detail)s);

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
