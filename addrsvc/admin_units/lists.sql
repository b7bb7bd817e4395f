-- create_name_staging --
-- Staging of one list, gone at commit or at the next list of the transaction.
DROP TABLE IF EXISTS pg_temp.name_staging;
CREATE TEMP TABLE name_staging (
    row_no integer, name text, name_key text, kind text, status text, unit_codes text[],
    unit_days date[], aliases text[], alias_keys text[], segment_from text, segment_to text,
    lon float, lat float, external_id text, valid_from date, source text, licence text
) ON COMMIT DROP;

-- copy_names --
-- Checked rows into staging; lon, lat in EPSG:4326 degrees.
COPY name_staging FROM STDIN;

-- insert_thoroughfares --
-- Rows that are not there yet by their natural key. Index: thoroughfare_natural_key.
INSERT INTO thoroughfare (name, name_key, kind, status, registered_in, segment_from, segment_to,
    valid_from, source, licence)
SELECT name, name_key, kind, status, unit_codes[1], segment_from, segment_to, valid_from, source,
       licence
FROM name_staging ORDER BY row_no
ON CONFLICT DO NOTHING;

-- insert_thoroughfare_areas --
-- Units of every row, also of those that were there. Index: thoroughfare_natural_key.
INSERT INTO thoroughfare_area (thoroughfare_id, unit_code, unit_valid_from)
SELECT t.thoroughfare_id, area.code, area.valid_from
FROM name_staging s
JOIN thoroughfare t ON t.registered_in = s.unit_codes[1] AND lower(t.name) = lower(s.name)
    AND t.segment_from IS NOT DISTINCT FROM s.segment_from
    AND t.segment_to IS NOT DISTINCT FROM s.segment_to
    AND t.valid_from IS NOT DISTINCT FROM s.valid_from
CROSS JOIN LATERAL unnest(s.unit_codes, s.unit_days) AS area (code, valid_from)
ON CONFLICT DO NOTHING;

-- insert_thoroughfare_aliases --
-- Other names of every row. Index: thoroughfare_natural_key.
INSERT INTO thoroughfare_alias (thoroughfare_id, name, name_key)
SELECT t.thoroughfare_id, alias.name, alias.key
FROM name_staging s
JOIN thoroughfare t ON t.registered_in = s.unit_codes[1] AND lower(t.name) = lower(s.name)
    AND t.segment_from IS NOT DISTINCT FROM s.segment_from
    AND t.segment_to IS NOT DISTINCT FROM s.segment_to
    AND t.valid_from IS NOT DISTINCT FROM s.valid_from
CROSS JOIN LATERAL unnest(s.aliases, s.alias_keys) AS alias (name, key)
ON CONFLICT DO NOTHING;

-- insert_localities --
-- Rows that are not there yet by their natural key. Index: locality_natural_key.
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, centre,
    external_id, valid_from, source, licence)
SELECT name, name_key, kind, status, unit_codes[1], unit_days[1],
       ST_SetSRID(ST_MakePoint(lon, lat), 4326), external_id, valid_from, source, licence
FROM name_staging ORDER BY row_no
ON CONFLICT DO NOTHING;

-- insert_locality_aliases --
-- Other names of every row. Index: locality_natural_key.
INSERT INTO locality_alias (locality_id, name, name_key)
SELECT l.locality_id, alias.name, alias.key
FROM name_staging s
JOIN locality l ON l.commune_code = s.unit_codes[1] AND l.commune_valid_from = s.unit_days[1]
    AND l.kind = s.kind AND lower(l.name) = lower(s.name)
    AND l.external_id IS NOT DISTINCT FROM s.external_id
    AND l.valid_from IS NOT DISTINCT FROM s.valid_from
CROSS JOIN LATERAL unnest(s.aliases, s.alias_keys) AS alias (name, key)
ON CONFLICT DO NOTHING;
