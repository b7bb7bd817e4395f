-- units_stamp --
-- Changes whenever units, links or localities of split communes do, for who keeps them in
-- memory. codes: text[] of communes. Index: none, some 25,000 narrow rows; a few milliseconds.
SELECT (SELECT count(*) || ' ' || coalesce(max(loaded_at)::text, '') FROM admin_unit_bundle)
    || (SELECT ' ' || count(*) || ' ' || count(valid_to) || ' ' || coalesce(max(valid_from)::text, '')
        FROM admin_unit)
    || (SELECT ' ' || count(*) || ' ' || coalesce(sum(share_of_from)::text, '') FROM admin_unit_link)
    || (SELECT ' ' || count(*) || ' ' || coalesce(max(locality_id)::text, '')
        FROM locality WHERE commune_code = any(%(codes)s)) AS stamp;

-- units_to_convert --
-- Every unit's name and period. Index: none, all rows once.
SELECT code, valid_from, valid_to, full_name FROM admin_unit;

-- links_to_convert --
-- Every link with its act. Index: none, all rows once.
SELECT from_code, from_valid_from, to_code, to_valid_from, kind, share_of_from, instrument
FROM admin_unit_link;

-- known_localities --
-- Khu phố, ấp and thôn that communes of before 1 July 2025 are known to have had.
-- codes: text[]. Index: locality_natural_key.
SELECT commune_code, kind, name
FROM locality
WHERE commune_code = any(%(codes)s) AND commune_valid_from < DATE '2025-07-01'
  AND kind IN ('khu_pho', 'ap', 'thon');
