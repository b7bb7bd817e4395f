-- thoroughfares_of --
-- Thoroughfares in force of some communes, with whether they run nowhere else; arrays of code and
-- first day. Index: thoroughfare_area_unit_idx.
SELECT t.thoroughfare_id AS id, t.name, t.kind,
       NOT EXISTS (SELECT FROM thoroughfare_area o
                   JOIN admin_unit u ON (u.code, u.valid_from) = (o.unit_code, o.unit_valid_from)
                   WHERE o.thoroughfare_id = t.thoroughfare_id AND u.valid_to IS NULL
                     AND o.unit_code <> all(%(codes)s::text[])) AS only_here
FROM thoroughfare t
WHERE t.valid_to IS NULL AND EXISTS (
    SELECT FROM thoroughfare_area a
    JOIN unnest(%(codes)s::text[], %(days)s::date[]) AS w (code, day)
      ON (a.unit_code, a.unit_valid_from) = (w.code, w.day)
    WHERE a.thoroughfare_id = t.thoroughfare_id);

-- end_thoroughfares --
-- Names that hold no longer; one that began that day or later never held. Index: primary key.
UPDATE thoroughfare SET valid_to = %(day)s
WHERE thoroughfare_id = any(%(ids)s::bigint[]) AND (valid_from IS NULL OR valid_from < %(day)s)
RETURNING thoroughfare_id AS id;

-- add_thoroughfare --
-- One name from a day on; no row comes back where it is there. Index: thoroughfare_natural_key.
INSERT INTO thoroughfare (name, name_key, kind, status, registered_in, valid_from, source)
VALUES (%(name)s, %(name_key)s, %(kind)s, 'official', %(registered_in)s, %(day)s, %(source)s)
ON CONFLICT DO NOTHING
RETURNING thoroughfare_id AS id;

-- add_thoroughfare_areas --
INSERT INTO thoroughfare_area (thoroughfare_id, unit_code, unit_valid_from)
SELECT %(id)s, w.code, w.day FROM unnest(%(codes)s::text[], %(days)s::date[]) AS w (code, day);

-- add_thoroughfare_alias --
INSERT INTO thoroughfare_alias (thoroughfare_id, name, name_key)
VALUES (%(id)s, %(name)s, %(name_key)s);

-- localities_of --
-- Localities in force of a commune. Index: locality_natural_key.
SELECT locality_id AS id, name, kind FROM locality
WHERE commune_code = %(code)s AND commune_valid_from = %(day)s AND valid_to IS NULL;

-- end_localities --
-- Index: primary key.
UPDATE locality SET valid_to = %(day)s
WHERE locality_id = any(%(ids)s::bigint[]) AND (valid_from IS NULL OR valid_from < %(day)s)
RETURNING locality_id AS id;

-- add_locality --
-- One name from a day on, at the place of the one before (NULL: not known); no row comes back where
-- it is there. Index: locality_natural_key.
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, centre,
                      valid_from, source)
VALUES (%(name)s, %(name_key)s, %(kind)s, 'official', %(code)s, %(unit_day)s,
        (SELECT centre FROM locality WHERE locality_id = %(before)s::bigint), %(day)s, %(source)s)
ON CONFLICT DO NOTHING
RETURNING locality_id AS id;

-- add_locality_alias --
INSERT INTO locality_alias (locality_id, name, name_key) VALUES (%(id)s, %(name)s, %(name_key)s);

-- restore_thoroughfares --
-- Index: primary key.
UPDATE thoroughfare SET valid_to = NULL WHERE thoroughfare_id = any(%(ids)s::bigint[]);

-- remove_thoroughfares --
-- Names that were added by an act that is undone; areas and aliases go with them.
DELETE FROM thoroughfare WHERE thoroughfare_id = any(%(ids)s::bigint[]);

-- restore_localities --
-- Index: primary key.
UPDATE locality SET valid_to = NULL WHERE locality_id = any(%(ids)s::bigint[]);

-- remove_localities --
DELETE FROM locality WHERE locality_id = any(%(ids)s::bigint[]);
