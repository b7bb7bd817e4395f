-- places_of --
-- Where the addresses of one person are now (ids: bigint[]). Index: address_pkey, and those of
-- address_now.
SELECT address_id, coalesce(code, 'p' || address_id) AS ref, visibility, commune_code,
       commune_name, province_name
FROM address_now WHERE address_id = any(%(ids)s::bigint[]) ORDER BY address_id;

-- texts_of --
-- Texts of all versions that may name who lives there (ids: bigint[]). Index: address_version_pkey.
SELECT address_id, version, document ->> 'name' AS name, document ->> 'text' AS text, reason
FROM address_version WHERE address_id = any(%(ids)s::bigint[])
FOR UPDATE;

-- take_out_texts --
-- Take texts of one version out: keys of the document (text[]), and the reason or not.
-- Index: address_version_pkey.
UPDATE address_version
SET document = document - %(keys)s::text[],
    reason = CASE WHEN %(has_reason)s THEN NULL ELSE reason END
WHERE address_id = %(address_id)s AND version = %(version)s;

-- rejections_naming --
-- Reasons of refused rows that quote a person, by name or phone as typed (patterns for ILIKE).
DELETE FROM import_rejection WHERE vi ILIKE any(%(patterns)s::text[]);

-- drop_old_rejections --
-- Reasons of refused rows of runs that ended before a moment. Index: import_rejection_pkey.
DELETE FROM import_rejection r USING import_run u
WHERE u.run_id = r.run_id AND u.finished_at < %(before)s;

-- ended_holders --
-- Addresses retired or rejected before a moment, of those with a person behind them (ids). What was
-- corrected in them since does not keep anybody longer. Index: keys of address_version.
SELECT c.address_id FROM address_current c
WHERE c.address_id = any(%(ids)s::bigint[]) AND c.status IN ('retired', 'rejected')
  AND %(before)s > (
    SELECT min(ended.recorded_from) FROM address_version ended
    WHERE ended.address_id = c.address_id AND ended.version > (
        SELECT coalesce(max(v.version), 0) FROM address_version v
        WHERE v.address_id = c.address_id AND v.status NOT IN ('retired', 'rejected')));
