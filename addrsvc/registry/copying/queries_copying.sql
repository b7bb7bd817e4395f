-- addresses_in_copy --
-- All addresses as they stand, in order of identity, for a cursor. visibilities, areas: text[];
-- areas NULL: everywhere. Index: address_pkey and address_current_pkey, merged.
SELECT * FROM address_now
WHERE visibility = any(%(visibilities)s::text[])
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
ORDER BY address_id;
