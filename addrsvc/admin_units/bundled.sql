-- bundle_known --
-- Whether a bundle of this checksum was loaded. Index: primary key.
SELECT 1 FROM admin_unit_bundle WHERE sha256 = %(sha256)s;

-- create_staging --
-- Staging of the bundle, gone at commit.
CREATE TEMP TABLE unit_staging (
    code text, valid_from date, valid_to date, level text, kind text, name text, full_name text,
    full_name_en text, name_key text, parent_code text, lon float, lat float, area_km2 numeric,
    source text) ON COMMIT DROP;
CREATE TEMP TABLE link_staging (LIKE admin_unit_link) ON COMMIT DROP;

-- copy_units --
-- Bundled units into staging; lon, lat in EPSG:4326 degrees.
COPY unit_staging FROM STDIN;

-- insert_units --
-- Bundled units; one that is there keeps what an operator may have changed: boundary,
-- population and end. Index: primary key.
INSERT INTO admin_unit AS u (code, valid_from, valid_to, level, kind, name, full_name,
    full_name_en, name_key, parent_code, centre, area_km2, source)
SELECT code, valid_from, valid_to, level, kind, name, full_name, full_name_en, name_key,
       parent_code, ST_SetSRID(ST_MakePoint(lon, lat), 4326), area_km2, source
FROM unit_staging
ORDER BY level = 'commune', valid_from, code
ON CONFLICT (code, valid_from) DO UPDATE SET
    level = excluded.level, kind = excluded.kind, name = excluded.name,
    full_name = excluded.full_name, full_name_en = excluded.full_name_en,
    name_key = excluded.name_key, parent_code = excluded.parent_code, centre = excluded.centre,
    area_km2 = excluded.area_km2, source = excluded.source;

-- copy_links --
-- Bundled links into staging.
COPY link_staging FROM STDIN;

-- insert_links --
-- Bundled links; one that is there keeps a share an operator's boundaries gave it.
-- Index: primary key.
INSERT INTO admin_unit_link AS l
SELECT * FROM link_staging ORDER BY from_code, to_code
ON CONFLICT (from_code, from_valid_from, to_code, to_valid_from) DO UPDATE SET
    kind = excluded.kind, instrument = excluded.instrument, source = excluded.source,
    effective_date = excluded.effective_date,
    share_of_from = CASE WHEN l.share_source = 'boundaries' THEN l.share_of_from
                         ELSE excluded.share_of_from END,
    share_source = CASE WHEN l.share_source = 'boundaries' THEN l.share_source
                        ELSE excluded.share_source END;

-- record_bundle --
-- Remember that this bundle was loaded.
INSERT INTO admin_unit_bundle (sha256, units, links)
VALUES (%(sha256)s, %(units)s, %(links)s);

-- cell_sites --
-- Communes in force with a centre (EPSG:4326 degrees), and whether they have a boundary of
-- their own. Index: none, a few thousand rows once.
SELECT code, valid_from, parent_code, kind, ST_X(centre), ST_Y(centre), area_km2::float,
       boundary_kind IS NOT NULL AND boundary_kind <> 'indicative'
FROM admin_unit
WHERE level = 'commune' AND valid_to IS NULL AND centre IS NOT NULL
ORDER BY code;

-- create_cell_staging --
-- Staging of computed cells, gone at commit.
CREATE TEMP TABLE IF NOT EXISTS cell_staging (
    code text, valid_from date, cell geometry(MultiPolygon, 4326)) ON COMMIT DROP;

-- copy_cells --
-- Computed cells into staging, EPSG:4326.
COPY cell_staging FROM STDIN;

-- drop_old_cells --
-- Cells of an earlier run. Index: admin_unit_piece_unit_idx.
DELETE FROM admin_unit_piece WHERE indicative;

-- forget_old_cells --
-- The same in the units themselves.
UPDATE admin_unit SET boundary = NULL, boundary_kind = NULL, boundary_source = NULL
WHERE boundary_kind = 'indicative';

-- store_cells --
-- Cells for communes without a boundary of their own. Index: primary key.
UPDATE admin_unit u
SET boundary = c.cell, boundary_kind = 'indicative', boundary_source = %(source)s
FROM cell_staging c
WHERE (u.code, u.valid_from) = (c.code, c.valid_from) AND u.boundary IS NULL;

-- store_cell_pieces --
-- The same cells for looking points up in; small already, so not cut further.
INSERT INTO admin_unit_piece (code, valid_from, indicative, piece)
SELECT code, valid_from, true, (ST_Dump(boundary)).geom
FROM admin_unit WHERE boundary_kind = 'indicative';
