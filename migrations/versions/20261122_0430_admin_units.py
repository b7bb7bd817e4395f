"""Administrative units in time, thoroughfares and localities.

Revision: 0002_admin_units
"""

from alembic import op

revision = "0002_admin_units"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None

DDL = """
-- a trusted extension of the server's own contrib: equality of text inside GiST
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE admin_unit (
    code            text NOT NULL,
    valid_from      date NOT NULL,
    valid_to        date,
    level           text NOT NULL CHECK (level IN ('province', 'district', 'commune')),
    kind            text NOT NULL CHECK (kind IN (
                        'thanh_pho_truc_thuoc_trung_uong', 'tinh',
                        'quan', 'huyen', 'thi_xa', 'thanh_pho',
                        'phuong', 'xa', 'thi_tran', 'dac_khu')),
    name            text NOT NULL,
    full_name       text NOT NULL,
    full_name_en    text,
    name_key        text NOT NULL,
    parent_code     text,
    centre          geometry(Point, 4326),
    area_km2        numeric(10, 3) CHECK (area_km2 > 0),
    population      integer CHECK (population >= 0),
    boundary        geometry(MultiPolygon, 4326),
    boundary_kind   text CHECK (boundary_kind IN ('official', 'approximate', 'indicative')),
    boundary_source text,
    source          text NOT NULL,
    PRIMARY KEY (code, valid_from),
    CONSTRAINT admin_unit_period_check CHECK (valid_to IS NULL OR valid_from < valid_to),
    CONSTRAINT admin_unit_code_check CHECK (code ~ CASE level
        WHEN 'province' THEN '^[0-9]{2}$'
        WHEN 'district' THEN '^[0-9]{3}$'
        ELSE '^[0-9]{5}$' END),
    CONSTRAINT admin_unit_parent_check CHECK ((parent_code IS NULL) = (level = 'province')),
    CONSTRAINT admin_unit_boundary_check CHECK (
        (boundary IS NULL) = (boundary_kind IS NULL)
        AND (boundary IS NULL) = (boundary_source IS NULL)),
    -- one code means one unit on any one day
    CONSTRAINT admin_unit_period_excl
        EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to) WITH &&)
);
COMMENT ON TABLE admin_unit IS
    'Province, district or commune during [valid_from, valid_to); a code alone names several';
COMMENT ON COLUMN admin_unit.valid_from IS
    'First day; for units of the state of June 2025 the day from which they are known here';
COMMENT ON COLUMN admin_unit.boundary_kind IS
    'official or approximate as imported; indicative: computed from centres and areas only';
-- Usage: list_units by level and parent in code order (keyset), children of a unit
CREATE INDEX admin_unit_parent_idx ON admin_unit (level, parent_code, code, valid_from);
-- Usage: list_units by prefix of the accent-folded name
CREATE INDEX admin_unit_name_key_idx ON admin_unit (name_key text_pattern_ops);
-- Usage: units in a map window (boundaries), import-boundaries overlap report
CREATE INDEX admin_unit_boundary_idx ON admin_unit USING gist (boundary);

CREATE TABLE admin_unit_piece (
    code       text NOT NULL,
    valid_from date NOT NULL,
    indicative boolean NOT NULL,
    piece      geometry(Polygon, 4326) NOT NULL,
    FOREIGN KEY (code, valid_from) REFERENCES admin_unit ON DELETE CASCADE
);
COMMENT ON TABLE admin_unit_piece IS
    'Commune boundaries cut small (ST_Subdivide): what points are looked up in';
-- Usage: commune_at, communes_of_staged_points
CREATE INDEX admin_unit_piece_piece_idx ON admin_unit_piece USING gist (piece);
-- Usage: replacing the pieces of one unit, and the foreign key's cascade
CREATE INDEX admin_unit_piece_unit_idx ON admin_unit_piece (code, valid_from);

CREATE TABLE admin_unit_link (
    from_code       text NOT NULL,
    from_valid_from date NOT NULL,
    to_code         text NOT NULL,
    to_valid_from   date NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('whole', 'part', 'unchanged')),
    share_of_from   double precision CHECK (share_of_from > 0 AND share_of_from <= 1),
    share_source    text,
    instrument      text,
    effective_date  date NOT NULL,
    source          text NOT NULL,
    PRIMARY KEY (from_code, from_valid_from, to_code, to_valid_from),
    FOREIGN KEY (from_code, from_valid_from) REFERENCES admin_unit,
    FOREIGN KEY (to_code, to_valid_from) REFERENCES admin_unit,
    CONSTRAINT admin_unit_link_order_check CHECK (from_valid_from < to_valid_from),
    CONSTRAINT admin_unit_link_share_check CHECK (
        (share_of_from IS NULL) = (share_source IS NULL))
);
COMMENT ON TABLE admin_unit_link IS
    'What a unit became: wholly or partly the unit named; share is of its area, NULL unknown';
-- Usage: predecessors of a unit
CREATE INDEX admin_unit_link_to_idx ON admin_unit_link (to_code, to_valid_from);

CREATE TABLE admin_unit_bundle (
    sha256    text PRIMARY KEY CHECK (length(sha256) = 64),
    loaded_at timestamptz NOT NULL DEFAULT now(),
    units     integer NOT NULL,
    links     integer NOT NULL
);
COMMENT ON TABLE admin_unit_bundle IS 'Bundled files already loaded, so that a restart is a no-op';

CREATE TABLE thoroughfare (
    thoroughfare_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text NOT NULL CHECK (name <> ''),
    name_key        text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('street', 'numbered_road', 'alley')),
    status          text NOT NULL CHECK (status IN ('official', 'observed')),
    registered_in   text,
    segment_from    text,
    segment_to      text,
    valid_from      date,
    valid_to        date,
    line            geometry(MultiLineString, 4326),
    source          text NOT NULL,
    licence         text,
    CONSTRAINT thoroughfare_period_check CHECK (valid_from < valid_to)
);
COMMENT ON COLUMN thoroughfare.registered_in IS
    'Code of the unit whose list named it first: part of its natural key, never moved later';
COMMENT ON COLUMN thoroughfare.valid_from IS 'NULL: since when is not known';
-- Usage: the natural key: importing a list again changes nothing
CREATE UNIQUE INDEX thoroughfare_natural_key ON thoroughfare
    (registered_in, lower(name), segment_from, segment_to, valid_from) NULLS NOT DISTINCT;
-- Usage: list_thoroughfares by prefix of the accent-folded name
CREATE INDEX thoroughfare_name_key_idx ON thoroughfare (name_key text_pattern_ops);
-- Usage: thoroughfares in a map window, where lines are known
CREATE INDEX thoroughfare_line_idx ON thoroughfare USING gist (line) WHERE line IS NOT NULL;

CREATE TABLE thoroughfare_area (
    thoroughfare_id bigint NOT NULL REFERENCES thoroughfare ON DELETE CASCADE,
    unit_code       text NOT NULL,
    unit_valid_from date NOT NULL,
    PRIMARY KEY (thoroughfare_id, unit_code, unit_valid_from),
    FOREIGN KEY (unit_code, unit_valid_from) REFERENCES admin_unit
);
COMMENT ON TABLE thoroughfare_area IS
    'Units a thoroughfare runs through: communes, or districts where an old list says no more';
-- Usage: thoroughfares of a unit
CREATE INDEX thoroughfare_area_unit_idx ON thoroughfare_area (unit_code, unit_valid_from);

CREATE TABLE thoroughfare_alias (
    thoroughfare_id bigint NOT NULL REFERENCES thoroughfare ON DELETE CASCADE,
    name            text NOT NULL CHECK (name <> ''),
    name_key        text NOT NULL,
    PRIMARY KEY (thoroughfare_id, name)
);
-- Usage: list_thoroughfares by prefix of another name
CREATE INDEX thoroughfare_alias_name_key_idx ON thoroughfare_alias (name_key text_pattern_ops);

CREATE TABLE locality (
    locality_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name               text NOT NULL CHECK (name <> ''),
    name_key           text NOT NULL,
    kind               text NOT NULL CHECK (kind IN (
                           'khu_pho', 'ap', 'to', 'thon',
                           'residential_area', 'industrial_area', 'place')),
    status             text NOT NULL CHECK (status IN ('official', 'observed')),
    commune_code       text NOT NULL,
    commune_valid_from date NOT NULL,
    centre             geometry(Point, 4326),
    external_id        text,
    valid_from         date,
    valid_to           date,
    source             text NOT NULL,
    licence            text,
    FOREIGN KEY (commune_code, commune_valid_from) REFERENCES admin_unit,
    CONSTRAINT locality_period_check CHECK (valid_from < valid_to)
);
-- Usage: the natural key (importing a list again changes nothing); localities of a commune
CREATE UNIQUE INDEX locality_natural_key ON locality
    (commune_code, commune_valid_from, kind, lower(name), external_id, valid_from)
    NULLS NOT DISTINCT;
-- Usage: list_localities by prefix of the accent-folded name
CREATE INDEX locality_name_key_idx ON locality (name_key text_pattern_ops);
-- Usage: localities in a map window
CREATE INDEX locality_centre_idx ON locality USING gist (centre) WHERE centre IS NOT NULL;

CREATE TABLE locality_alias (
    locality_id bigint NOT NULL REFERENCES locality ON DELETE CASCADE,
    name        text NOT NULL CHECK (name <> ''),
    name_key    text NOT NULL,
    PRIMARY KEY (locality_id, name)
);
-- Usage: list_localities by prefix of another name
CREATE INDEX locality_alias_name_key_idx ON locality_alias (name_key text_pattern_ops);
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(
        "DROP TABLE locality_alias, locality, thoroughfare_alias, thoroughfare_area, thoroughfare,"
        " admin_unit_bundle, admin_unit_link, admin_unit_piece, admin_unit"
    )
