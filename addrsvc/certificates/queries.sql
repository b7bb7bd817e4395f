-- certificate_of_day --
-- The certificate of an address that says the same, by the same key, since a moment; the newest.
-- certificate_address_idx.
SELECT serial, address_id, key_id, payload, signature, issued_at
FROM certificate
WHERE address_id = %(address_id)s::bigint AND issued_at >= %(since)s::timestamptz
  AND facts_hash = %(facts_hash)s::bytea AND key_id = %(key_id)s::text
ORDER BY issued_at DESC, serial LIMIT 1;

-- keep_certificate --
-- Keep what was certified.
INSERT INTO certificate (serial, address_id, key_id, payload, payload_hash, signature, facts_hash,
                         issued_at)
VALUES (%(serial)s, %(address_id)s, %(key_id)s, %(payload)s, %(payload_hash)s, %(signature)s,
        %(facts_hash)s, %(issued_at)s);

-- keep_key --
-- Keep the public half of a key that signs; kept already: nothing.
INSERT INTO certificate_key (key_id, public_key, first_used_at)
VALUES (%(key_id)s, %(public_key)s, %(at)s)
ON CONFLICT DO NOTHING;

-- certificate_keys --
-- All keys that ever signed, and those that are no longer trusted, the newest first.
-- certificate_key_revoked_pkey.
SELECT coalesce(k.key_id, r.key_id) AS key_id, coalesce(k.public_key, r.public_key) AS public_key,
       k.first_used_at, r.revoked_from, r.reason, r.revoked_at
FROM certificate_key k FULL JOIN certificate_key_revoked r USING (key_id)
ORDER BY k.first_used_at DESC NULLS LAST, key_id;

-- revocation --
-- That a key is no longer trusted. certificate_key_revoked_pkey.
SELECT revoked_from, reason, revoked_at
FROM certificate_key_revoked WHERE key_id = %(key_id)s::text;

-- revoke_key --
-- Note that a key is no longer trusted; noted already: nothing. certificate_key_revoked_pkey.
INSERT INTO certificate_key_revoked (key_id, public_key, revoked_from, reason, revoked_at,
                                     revoked_by)
VALUES (%(key_id)s, %(public_key)s, %(revoked_from)s, %(reason)s, %(at)s, %(by)s)
ON CONFLICT DO NOTHING
RETURNING key_id;

-- certificate_by_serial --
-- One certificate, with the code of its address. certificate_pkey, address_pkey.
SELECT c.serial, c.address_id, c.key_id, c.payload, c.signature, c.issued_at
FROM certificate c
WHERE c.serial = %(serial)s::text;
