-- overlapping_versions --
-- Two versions the register holds for true at once whose legal days overlap.
SELECT a.address_id AS subject, format('versions %%s and %%s', a.version, b.version) AS finding
FROM address_version a
JOIN address_version b ON b.address_id = a.address_id AND b.version > a.version
WHERE a.recorded_to IS NULL AND b.recorded_to IS NULL
  AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
LIMIT %(limit)s;

-- addresses_without_open_version --
-- An address whose present state is nowhere on record, or whose projection is missing.
SELECT a.address_id AS subject, 'no open version or no projection' AS finding
FROM address a
LEFT JOIN address_version v
       ON v.address_id = a.address_id AND v.recorded_to IS NULL AND v.valid_to IS NULL
LEFT JOIN address_current c ON c.address_id = a.address_id
WHERE v.address_id IS NULL OR c.address_id IS NULL
LIMIT %(limit)s;

-- projection_differs --
-- A projection that says something else than the open version it stands for.
SELECT c.address_id AS subject, 'projection differs from the open version' AS finding
FROM address_current c
JOIN address_version v
  ON v.address_id = c.address_id AND v.recorded_to IS NULL AND v.valid_to IS NULL
WHERE (c.version, c.status, c.kind, c.visibility, c.commune_code)
   IS DISTINCT FROM
      (v.version, v.status, v.document->>'kind', coalesce(v.document->>'visibility', 'public'),
       v.document->'commune'->>0)
   OR (c.position IS NULL) <> (v.document->'position' IS NULL)
   OR abs(ST_X(c.position) - (v.document->'position'->>0)::float8) > 1e-9
   OR abs(ST_Y(c.position) - (v.document->'position'->>1)::float8) > 1e-9
LIMIT %(limit)s;

-- status_without_its_code --
-- An address in use without a code, or a proposal with one.
SELECT a.address_id AS subject, format('%%s, code %%s', c.status, a.code) AS finding
FROM address a JOIN address_current c ON c.address_id = a.address_id
WHERE (a.code IS NULL) <> (c.status IN ('proposed', 'rejected'))
LIMIT %(limit)s;

-- gaps_in_record --
-- A version whose record ends before the next act begins: a moment of which nothing is known.
SELECT v.address_id AS subject, format('nothing on record after version %%s', v.version) AS finding
FROM address_version v
WHERE v.recorded_to IS NOT NULL AND NOT EXISTS (
    SELECT FROM address_version n
    WHERE n.address_id = v.address_id AND n.recorded_from = v.recorded_to)
LIMIT %(limit)s;

-- communes_unknown --
-- An address in a commune the registers do not know.
SELECT c.address_id AS subject, format('commune %%s', c.commune_code) AS finding
FROM address_current c
WHERE NOT EXISTS (SELECT FROM admin_unit u
                  WHERE u.code = c.commune_code AND u.valid_from = c.commune_valid_from)
LIMIT %(limit)s;

-- acts_without_event --
-- A code followers of the feed never heard of.
SELECT a.address_id AS subject, format('no event for %%s', a.code) AS finding
FROM address a
WHERE a.code IS NOT NULL AND NOT EXISTS (
    SELECT FROM event e WHERE e.subject = a.code)
LIMIT %(limit)s;
