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
   OR c.parent_id IS DISTINCT FROM
      (SELECT a.address_id FROM address a WHERE a.code = v.document->>'parent')
   OR (c.position IS NULL) <> (v.document->'position' IS NULL)
   OR abs(ST_X(c.position) - (v.document->'position'->>0)::float8) > 1e-9
   OR abs(ST_Y(c.position) - (v.document->'position'->>1)::float8) > 1e-9
LIMIT %(limit)s;

-- status_without_its_code --
-- A proposal with a code, or an address that had a place in the register without one. A rejected
-- one has a code where its registration was undone.
SELECT a.address_id AS subject, format('%%s, code %%s', c.status, a.code) AS finding
FROM address a JOIN address_current c ON c.address_id = a.address_id
WHERE CASE c.status WHEN 'proposed' THEN a.code IS NOT NULL
                    WHEN 'rejected' THEN false
                    ELSE a.code IS NULL END
LIMIT %(limit)s;

-- versions_without_their_act --
-- A version of an act over several addresses that does not name it, or two writes of one act to
-- one address: it could not be undone.
SELECT address_id AS subject, format('version %%s by %%s without its act', version, act) AS finding
FROM address_version
WHERE act_id IS NULL AND act IN ('merge', 'split', 'replace', 'duplicate', 'reorganise',
                                 'name-street', 'renumber', 'move-locality')
UNION ALL
SELECT address_id, format('written twice by act %%s', act_id)
FROM address_version
WHERE act_id IS NOT NULL AND valid_to IS NULL
GROUP BY address_id, act_id HAVING count(*) > 1
LIMIT %(limit)s;

-- successors_of_the_living --
-- An address that is not out of use and has successors, or a successor that never was.
SELECT r.address_id AS subject, format('successor %%s', r.successor_id) AS finding
FROM address_successor r
JOIN address_current c ON c.address_id = r.address_id
JOIN address_current n ON n.address_id = r.successor_id
WHERE r.withdrawn_at IS NULL
  AND (c.status IN ('proposed', 'reserved', 'current') OR n.status = 'rejected')
LIMIT %(limit)s;

-- parts_left_behind --
-- A living part of an address that is out of use.
SELECT c.address_id AS subject, format('part of %%s, which is %%s', p.address_id, p.status)
       AS finding
FROM address_current c JOIN address_current p ON p.address_id = c.parent_id
WHERE c.status IN ('proposed', 'reserved', 'current') AND p.status IN ('retired', 'rejected')
LIMIT %(limit)s;

-- versions_twice --
-- A version on record in two partitions: as what is said now and what was, or of two years.
SELECT address_id AS subject, format('version %%s is on record twice', version) AS finding
FROM address_version
GROUP BY address_id, version HAVING count(*) > 1
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

-- identifiers_of_two --
-- An identifier that stands for two addresses at the same time, of a scheme that allows one.
-- Which it is, is not told: some lead to people. Index: address_alias_pkey.
SELECT a.address_id AS subject,
       format('%%s of address %%s too', a.scheme, b.address_id) AS finding
FROM address_alias a
JOIN address_alias b ON b.scheme = a.scheme AND b.value = a.value AND b.address_id > a.address_id
WHERE a.scheme IN ('vpostcode', 'location-id', 'real-estate-id')
  AND a.withdrawn_at IS NULL AND b.withdrawn_at IS NULL
  AND coalesce(a.valid_from, '-infinity') < coalesce(b.valid_to, 'infinity')
  AND coalesce(b.valid_from, '-infinity') < coalesce(a.valid_to, 'infinity')
LIMIT %(limit)s;

-- former_keys_without_past --
-- An old street or number by which an address is found, though nothing is said of another time.
SELECT f.address_id AS subject, format('formerly along %%s', f.base_key) AS finding
FROM address_former f
WHERE NOT EXISTS (SELECT FROM address_version v
                  WHERE v.address_id = f.address_id AND v.recorded_to IS NULL
                    AND v.valid_to = f.until)
LIMIT %(limit)s;
