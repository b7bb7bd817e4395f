"""Zones of plans made ready for vector tiles.

Revision: 0021_planning_tiles
"""

from alembic import op

revision = "0021_planning_tiles"
down_revision = "0020_vn2000"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE planning_shape (
    plan_id   bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
    zone_id   bigint NOT NULL REFERENCES planning_zone ON DELETE CASCADE,
    -- tiles up to this zoom show it; those beyond the last one show the zone itself
    last_zoom smallint NOT NULL,
    -- simplified together with its neighbours: they share their edges still
    shape     geometry(MultiPolygon, 3857) NOT NULL
);
COMMENT ON TABLE planning_shape IS 'Zones simplified for vector tiles, by bands of zooms';
-- Usage: zones a tile meets; replacing those of a plan
CREATE INDEX planning_shape_idx ON planning_shape USING gist (plan_id, last_zoom, shape);
-- Usage: the foreign key's cascade
CREATE INDEX planning_shape_zone_idx ON planning_shape (zone_id);

CREATE TABLE planning_tile (
    plan_id bigint NOT NULL REFERENCES plan ON DELETE CASCADE,
    z       smallint NOT NULL,
    x       integer NOT NULL,
    y       integer NOT NULL,
    -- Mapbox vector tile
    tile    bytea NOT NULL CHECK (octet_length(tile) <= 500000),
    PRIMARY KEY (plan_id, z, x, y)
);
COMMENT ON TABLE planning_tile IS
    'Tiles that would hold too many zones: uses told by cells, drawn when the zones were stored';
"""

BACK = """
DROP TABLE planning_tile, planning_shape;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
