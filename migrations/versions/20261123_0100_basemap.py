"""Units made ready for the basemap.

Revision: 0024_basemap
"""

from alembic import op

revision = "0024_basemap"
down_revision = "0023_comparison_problem"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE basemap_area (
    -- tiles up to this zoom, from the one after the band before
    last_zoom smallint NOT NULL,
    level     text NOT NULL CHECK (level IN ('province', 'commune')),
    code      text NOT NULL,
    name      text NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('official', 'approximate', 'indicative')),
    -- where the name stands
    label     geometry(Point, 3857) NOT NULL,
    shape     geometry(MultiPolygon, 3857) NOT NULL,
    PRIMARY KEY (last_zoom, level, code)
);
COMMENT ON TABLE basemap_area IS
    'Units in force, simplified together by bands of zooms; made anew when any of them changes';
-- Usage: areas a tile meets
CREATE INDEX basemap_area_shape_idx ON basemap_area USING gist (shape);
-- Usage: names within a tile
CREATE INDEX basemap_area_label_idx ON basemap_area USING gist (label);

CREATE TABLE basemap_edge (
    last_zoom smallint NOT NULL,
    -- of the higher of the units it parts
    level     text NOT NULL CHECK (level IN ('province', 'commune')),
    kind      text NOT NULL CHECK (kind IN ('official', 'approximate', 'indicative')),
    shape     geometry(LineString, 3857) NOT NULL
);
COMMENT ON TABLE basemap_edge IS 'Boundaries between units, each once';
-- Usage: boundaries a tile meets
CREATE INDEX basemap_edge_shape_idx ON basemap_edge USING gist (shape);

CREATE TABLE basemap_state (
    is_one  boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    -- of the units it was made of
    mark    text NOT NULL,
    made_at timestamptz NOT NULL
);
COMMENT ON TABLE basemap_state IS 'What basemap_area and basemap_edge were made of, and when';
"""

BACK = """
DROP TABLE basemap_state, basemap_edge, basemap_area;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
