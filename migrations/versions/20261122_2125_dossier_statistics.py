"""Counts of dossiers by commune, day, procedure, role and what became of their addresses.

Revision: 0018_dossier_statistics
"""

from alembic import op

revision = "0018_dossier_statistics"
down_revision = "0017_dossier_proposals"
branch_labels = None
depends_on = None

DDL = """
-- Rows of a day are written anew whenever a dossier of that day changed.
CREATE TABLE public.dossier_count (
    -- legal day of receipt; '-infinity': not known
    day            date NOT NULL,
    -- present; '': no place known yet
    commune_code   text NOT NULL,
    -- '': not said
    procedure_code text NOT NULL,
    role           text NOT NULL,
    state          text NOT NULL,
    category       text NOT NULL,
    addresses      integer NOT NULL CHECK (addresses > 0),
    PRIMARY KEY (day, commune_code, procedure_code, role, state, category)
);
COMMENT ON TABLE public.dossier_count IS
    'Addresses of dossiers, counted; refreshed by the worker, nobody in it';
-- Usage: one commune over time
CREATE INDEX dossier_count_commune_idx ON public.dossier_count (commune_code, day);

-- How fresh the counts are; one row.
CREATE TABLE public.dossier_count_state (
    is_one       boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    counted_at   timestamptz,
    event_number bigint NOT NULL DEFAULT 0
);
INSERT INTO public.dossier_count_state DEFAULT VALUES;
"""

BACK = "DROP TABLE public.dossier_count_state, public.dossier_count;"


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
