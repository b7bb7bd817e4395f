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
-- All keys that ever signed, the newest first.
SELECT key_id, public_key, first_used_at FROM certificate_key
ORDER BY first_used_at DESC, key_id;

-- certificate_by_serial --
-- One certificate, with the code of its address. certificate_pkey, address_pkey.
SELECT c.serial, c.address_id, c.key_id, c.payload, c.signature, c.issued_at
FROM certificate c
WHERE c.serial = %(serial)s::text;
