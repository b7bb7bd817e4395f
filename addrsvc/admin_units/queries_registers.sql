-- thoroughfares --
-- Thoroughfares by number, by unit on a day, by beginning of any word of the folded name or of
-- an alias, by kind, in order of number; after from the page before. Indexes: primary keys,
-- thoroughfare_area_unit_idx, thoroughfare_name_key_idx.
SELECT t.thoroughfare_id, t.name, t.kind, t.status, t.segment_from, t.segment_to, t.valid_from,
       t.valid_to, t.source, t.licence, ST_AsGeoJSON(t.line, 7) AS line,
       ARRAY(SELECT a.unit_code || '@' || a.unit_valid_from FROM thoroughfare_area a
             WHERE a.thoroughfare_id = t.thoroughfare_id ORDER BY 1) AS areas,
       ARRAY(SELECT s.name FROM thoroughfare_alias s
             WHERE s.thoroughfare_id = t.thoroughfare_id ORDER BY 1) AS aliases
FROM thoroughfare t
WHERE (%(id)s::bigint IS NULL OR t.thoroughfare_id = %(id)s)
  AND (%(kind)s::text IS NULL OR t.kind = %(kind)s)
  AND (%(key)s::text IS NULL
       OR t.name_key LIKE %(key)s || '%%' OR t.name_key LIKE '%% ' || %(key)s || '%%'
       OR EXISTS (SELECT 1 FROM thoroughfare_alias s WHERE s.thoroughfare_id = t.thoroughfare_id
                  AND s.name_key LIKE %(key)s || '%%'))
  AND (%(unit)s::text IS NULL OR t.thoroughfare_id IN (
       SELECT a.thoroughfare_id FROM thoroughfare_area a
       JOIN admin_unit u ON (u.code, u.valid_from) = (a.unit_code, a.unit_valid_from)
       WHERE a.unit_code = %(unit)s
         AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR %(day)s < u.valid_to)))
  AND (%(west)s::float IS NULL
       OR t.line && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
  AND t.thoroughfare_id > %(after)s
ORDER BY t.thoroughfare_id
LIMIT %(limit)s;

-- localities --
-- Localities by number, by commune on a day, by beginning of any word of the folded name or of
-- an alias, by kind, by window (EPSG:4326 degrees), in order of number; after from the page
-- before. Indexes: primary keys, locality_natural_key, locality_name_key_idx,
-- locality_centre_idx.
SELECT l.locality_id, l.name, l.kind, l.status, l.commune_code, l.commune_valid_from,
       ST_X(l.centre) AS lon, ST_Y(l.centre) AS lat, l.valid_from, l.valid_to, l.source,
       l.licence,
       ARRAY(SELECT s.name FROM locality_alias s
             WHERE s.locality_id = l.locality_id ORDER BY 1) AS aliases
FROM locality l
JOIN admin_unit u ON (u.code, u.valid_from) = (l.commune_code, l.commune_valid_from)
WHERE (%(id)s::bigint IS NULL OR l.locality_id = %(id)s)
  AND (%(kind)s::text IS NULL OR l.kind = %(kind)s)
  AND (%(key)s::text IS NULL
       OR l.name_key LIKE %(key)s || '%%' OR l.name_key LIKE '%% ' || %(key)s || '%%'
       OR EXISTS (SELECT 1 FROM locality_alias s WHERE s.locality_id = l.locality_id
                  AND s.name_key LIKE %(key)s || '%%'))
  AND (%(unit)s::text IS NULL OR (l.commune_code = %(unit)s
       AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR %(day)s < u.valid_to)))
  AND (%(west)s::float IS NULL
       OR l.centre && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
  AND l.locality_id > %(after)s
ORDER BY l.locality_id
LIMIT %(limit)s;
