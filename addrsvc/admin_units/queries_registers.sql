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

-- thoroughfare_names --
-- Every thoroughfare in force with its other names and the present communes it may lie in: its
-- own, or, where an old list says a former commune or district, all that followed. Reads whole
-- tables; once per worker.
WITH RECURSIVE step AS (
    SELECT code, valid_from, code AS root, valid_from AS root_from
    FROM admin_unit WHERE level = 'commune'
    UNION
    SELECT l.to_code, l.to_valid_from, s.root, s.root_from
    FROM step s JOIN admin_unit_link l ON (l.from_code, l.from_valid_from) = (s.code, s.valid_from)
), present AS (
    SELECT s.root, s.root_from, u.code
    FROM step s JOIN admin_unit u ON (u.code, u.valid_from) = (s.code, s.valid_from)
    WHERE u.valid_to IS NULL
), area AS (
    SELECT root, root_from, code FROM present
    UNION
    SELECT d.code, d.valid_from, p.code
    FROM admin_unit d
    JOIN admin_unit c ON c.parent_code = d.code AND c.level = 'commune'
        AND c.valid_from < coalesce(d.valid_to, 'infinity')
        AND d.valid_from < coalesce(c.valid_to, 'infinity')
    JOIN present p ON (p.root, p.root_from) = (c.code, c.valid_from)
    WHERE d.level = 'district'
)
SELECT t.name, array_agg(DISTINCT area.code),
       ARRAY(SELECT s.name FROM thoroughfare_alias s WHERE s.thoroughfare_id = t.thoroughfare_id)
FROM thoroughfare t
JOIN thoroughfare_area a ON a.thoroughfare_id = t.thoroughfare_id
JOIN area ON (area.root, area.root_from) = (a.unit_code, a.unit_valid_from)
WHERE t.valid_to IS NULL
GROUP BY t.thoroughfare_id;

-- locality_names --
-- Every locality in force with its kind, its middle (EPSG:4326 degrees; NULL: not known), its
-- other names and the present communes it may lie in. Reads whole tables; once per worker.
WITH RECURSIVE step AS (
    SELECT DISTINCT commune_code AS code, commune_valid_from AS valid_from,
           commune_code AS root, commune_valid_from AS root_from
    FROM locality
    UNION
    SELECT l.to_code, l.to_valid_from, s.root, s.root_from
    FROM step s JOIN admin_unit_link l ON (l.from_code, l.from_valid_from) = (s.code, s.valid_from)
)
SELECT l.kind, l.name, ST_X(l.centre), ST_Y(l.centre), array_agg(DISTINCT u.code),
       ARRAY(SELECT s.name FROM locality_alias s WHERE s.locality_id = l.locality_id)
FROM locality l
JOIN step ON (step.root, step.root_from) = (l.commune_code, l.commune_valid_from)
JOIN admin_unit u ON (u.code, u.valid_from) = (step.code, step.valid_from) AND u.valid_to IS NULL
WHERE l.valid_to IS NULL
GROUP BY l.locality_id;

-- communes_of_today --
-- Communes in force, their names and provinces. Index: admin_unit_parent_idx.
SELECT code, parent_code, full_name FROM admin_unit WHERE level = 'commune' AND valid_to IS NULL;
