-- devices --
-- Devices by ids of their keys (text[]). Index: api_key_pkey.
SELECT key_id, name, held_by, areas, created_at, expires_at, revoked_at, last_used_at
FROM api_key WHERE key_id = any(%(key_ids)s::text[]) AND kind = 'device';

-- devices_in --
-- Devices that work nowhere but in some present communes (text[], NULL: everywhere). Some hundreds
-- of rows: the whole table.
SELECT key_id, name, held_by, areas, created_at, expires_at, revoked_at, last_used_at
FROM api_key
WHERE kind = 'device' AND (%(areas)s::text[] IS NULL OR areas <@ %(areas)s::text[])
ORDER BY created_at DESC, key_id LIMIT 1000;

-- lock_device --
-- Index: api_key_pkey.
SELECT areas, revoked_at FROM api_key WHERE key_id = %(key_id)s AND kind = 'device' FOR UPDATE;

-- end_device --
-- Index: api_key_pkey.
UPDATE api_key SET revoked_at = %(at)s::timestamptz, revoked_because = %(why)s
WHERE key_id = %(key_id)s AND kind = 'device';

-- lock_person --
-- One enrolment of a person at a time; until the end of the transaction.
SELECT pg_advisory_xact_lock(731026, hashtext(%(person)s));

-- count_good --
-- Devices of a person that are good. Few rows: the whole table.
SELECT count(*) AS good FROM api_key
WHERE kind = 'device' AND held_by = %(person)s AND revoked_at IS NULL AND expires_at > %(at)s;

-- narrow_devices --
-- What a person holds no more is taken from their devices; what has nothing left ends. scopes:
-- text[]; areas: text[], NULL: everywhere. Few rows: the whole table.
UPDATE api_key k
SET scopes = CASE WHEN is_nothing THEN k.scopes ELSE left_over.scopes END,
    areas = CASE WHEN is_nothing THEN k.areas ELSE left_over.areas END,
    expires_at = CASE WHEN is_nothing THEN least(k.expires_at, %(at)s) ELSE k.expires_at END
FROM (
    SELECT *, scopes = '{}' OR coalesce(areas = '{}', false) AS is_nothing FROM (
        SELECT key_id, ARRAY(SELECT each FROM unnest(scopes) AS each
                             WHERE each = any(%(scopes)s::text[]) ORDER BY each) AS scopes,
               CASE WHEN %(areas)s::text[] IS NULL THEN areas
                    WHEN areas IS NULL THEN %(areas)s::text[]
                    ELSE ARRAY(SELECT each FROM unnest(areas) AS each
                               WHERE each = any(%(areas)s::text[]) ORDER BY each) END AS areas
        FROM api_key
        WHERE kind = 'device' AND held_by = %(person)s AND revoked_at IS NULL) AS each) AS left_over
WHERE k.key_id = left_over.key_id;

-- accounts_in --
-- Open accounts that work everywhere or in one at least of some present communes (text[], NULL:
-- everywhere). Some hundreds of rows: the whole table.
SELECT login, display_name, roles, scopes, areas FROM account
WHERE disabled_at IS NULL
  AND (areas IS NULL OR %(areas)s::text[] IS NULL OR areas && %(areas)s::text[])
ORDER BY display_name, login LIMIT 1000;
