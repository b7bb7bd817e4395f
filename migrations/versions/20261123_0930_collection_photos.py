"""Field collection: photos.

Revision: 0033_collection_photos
"""

from alembic import op

revision = "0033_collection_photos"
down_revision = "0032_collection_merging"
branch_labels = None
depends_on = None

DDL = """
ALTER TABLE submission_photo
    -- it came whole and is kept, but does not open as a picture: never shown
    ADD COLUMN fault text CHECK (fault IN ('unreadable', 'too-large')),
    -- of the file kept: as announced, or of the picture written anew without what was beside it
    ADD COLUMN kept_sha256 bytea CHECK (length(kept_sha256) = 32),
    -- of what it really is; NULL: not known
    ADD COLUMN kept_media_type text,
    ADD CONSTRAINT submission_photo_kept_check
        CHECK ((whole_at IS NULL) = (kept_sha256 IS NULL)
               AND (fault IS NULL OR kept_media_type IS NULL));
-- Usage: photos kept for as long as the settings say, the oldest first
CREATE INDEX submission_photo_here_idx ON submission_photo (whole_at)
    WHERE whole_at IS NOT NULL AND erased_at IS NULL;

CREATE TABLE photo_day (
    -- id of the device's key
    device text NOT NULL,
    -- of Vietnam
    day    date NOT NULL,
    bytes  bigint NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (device, day)
);
COMMENT ON TABLE photo_day IS 'Bytes of photos each device sent in a day';
"""

BACK = """
DROP TABLE photo_day;
DROP INDEX submission_photo_here_idx;
ALTER TABLE submission_photo
    DROP CONSTRAINT submission_photo_kept_check,
    DROP COLUMN fault, DROP COLUMN kept_sha256, DROP COLUMN kept_media_type;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
