-- create_boundary_staging --
-- Staging of one import, gone at commit or at the next import of the transaction.
DROP TABLE IF EXISTS pg_temp.boundary_staging;
CREATE TEMP TABLE boundary_staging (
    code text, valid_from date, boundary geometry(MultiPolygon, 4326), changed boolean
) ON COMMIT DROP;

-- copy_boundaries --
-- Checked boundaries into staging, EPSG:4326.
COPY boundary_staging (code, valid_from, boundary) FROM STDIN;

-- store_boundaries --
-- Replace boundaries that differ in shape, kind or source. Index: primary key.
WITH replaced AS (
    UPDATE admin_unit u
    SET boundary = s.boundary, boundary_kind = %(kind)s, boundary_source = %(source)s
    FROM boundary_staging s
    WHERE (u.code, u.valid_from) = (s.code, s.valid_from)
      AND (u.boundary IS NULL OR u.boundary_kind <> %(kind)s OR u.boundary_source <> %(source)s
           OR NOT u.boundary OPERATOR(~=) s.boundary
           OR ST_AsBinary(u.boundary) <> ST_AsBinary(s.boundary))
    RETURNING u.code, u.valid_from
), marked AS (
    UPDATE boundary_staging s SET changed = true FROM replaced r
    WHERE (s.code, s.valid_from) = (r.code, r.valid_from)
    RETURNING s.code, s.valid_from
)
SELECT code, valid_from FROM marked ORDER BY code;

-- drop_pieces --
-- Pieces of changed units. Index: admin_unit_piece_unit_idx.
DELETE FROM admin_unit_piece p USING boundary_staging s
WHERE s.changed AND (p.code, p.valid_from) = (s.code, s.valid_from);

-- cut_pieces --
-- Small pieces of changed communes, for looking points up in.
INSERT INTO admin_unit_piece (code, valid_from, indicative, piece)
SELECT u.code, u.valid_from, false, ST_Subdivide(u.boundary, 64)
FROM boundary_staging s
JOIN admin_unit u ON (u.code, u.valid_from) = (s.code, s.valid_from)
WHERE s.changed AND u.level = 'commune';

-- measure_shares --
-- Share of area of split predecessors, on the ellipsoid, where a changed commune and the other
-- end both have boundaries that are not indicative. Index: primary keys, admin_unit_link_to_idx.
UPDATE admin_unit_link l
SET share_of_from = least(1.0, m.share), share_source = 'boundaries'
FROM (
    SELECT k.from_code, k.from_valid_from, k.to_code, k.to_valid_from,
           ST_Area(ST_Intersection(f.boundary, t.boundary)::geography)
               / ST_Area(f.boundary::geography) AS share
    FROM admin_unit_link k
    JOIN admin_unit f ON (f.code, f.valid_from) = (k.from_code, k.from_valid_from)
    JOIN admin_unit t ON (t.code, t.valid_from) = (k.to_code, k.to_valid_from)
    WHERE k.kind = 'part'
      AND f.boundary_kind <> 'indicative' AND t.boundary_kind <> 'indicative'
      AND EXISTS (SELECT 1 FROM boundary_staging s WHERE s.changed
                  AND (s.code, s.valid_from) IN ((f.code, f.valid_from), (t.code, t.valid_from)))
) m
WHERE (l.from_code, l.from_valid_from, l.to_code, l.to_valid_from)
      = (m.from_code, m.from_valid_from, m.to_code, m.to_valid_from)
  AND m.share > 0;
