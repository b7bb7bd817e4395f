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
