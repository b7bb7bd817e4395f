"""Search keys: what a house number counts along and the number, and the feed read from an xid on.

Revision: 0005_search_keys
"""

from alembic import op

revision = "0005_search_keys"
down_revision = "0004_imports"
branch_labels = None
depends_on = None

DDL = """
ALTER TABLE address_current DROP COLUMN thoroughfare_key, DROP COLUMN house_number,
    -- the street, else the innermost locality; byte order, since nobody reads it
    ADD COLUMN base_key text COLLATE "C",
    -- every number with five digits: byte order is house order, an alley is a range
    ADD COLUMN number_key text COLLATE "C";
COMMENT ON COLUMN address_current.base_key IS 'Made by parsing.keys; see search_key_version';
-- Usage: the exact probe of search (number, alley, neighbours), list by street and number,
-- and the addresses of one name in one commune when the gazetteer counts them
CREATE INDEX address_current_base_idx ON address_current (base_key, commune_code, number_key)
    WHERE base_key IS NOT NULL;
-- Usage: named objects when the gazetteer is read
CREATE INDEX address_current_named_idx ON address_current (address_id)
    WHERE kind NOT IN ('dwelling', 'apartment', 'boarding_room')
      AND status = 'current' AND visibility = 'public';
-- Usage: what committed since a snapshot, for followers of the feed
CREATE INDEX event_xid_idx ON event (xid, event_id);

CREATE TABLE search_key_version (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    -- of parsing.keys: which rules made the keys of every row
    version    integer NOT NULL,
    -- keys are being made anew: by these rules, up to this address
    next       integer,
    done_up_to bigint NOT NULL DEFAULT 0
);
INSERT INTO search_key_version (version) VALUES (0);
"""

BACK = """
DROP TABLE search_key_version;
DROP INDEX event_xid_idx;
DROP INDEX address_current_named_idx;
ALTER TABLE address_current DROP COLUMN base_key, DROP COLUMN number_key,
    ADD COLUMN thoroughfare_key text,
    ADD COLUMN house_number text;
UPDATE address_current c SET house_number = v.document->'components'->>'house_number'
FROM address_version v WHERE v.address_id = c.address_id AND v.version = c.version;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
