"""Counts of dossiers by commune, day, procedure, role and what became of their addresses.

Revision: 0018_dossier_statistics
"""

from alembic import op

revision = "0018_dossier_statistics"
down_revision = "0017_dossier_proposals"
branch_labels = None
depends_on = None

DDL = """
-- Rows of a day are written anew whenever a dossier of that day changed; there is no key, since
-- one of so many columns doubled the time that takes. Compared by bytes: all are codes.
CREATE TABLE public.dossier_count (
    -- legal day of receipt; '-infinity': not known
    day            date NOT NULL,
    -- present; '': no place known yet, or several to choose from
    commune_code   text COLLATE "C" NOT NULL,
    -- '': not said
    procedure_code text COLLATE "C" NOT NULL,
    role           text COLLATE "C" NOT NULL,
    state          text COLLATE "C" NOT NULL,
    category       text COLLATE "C" NOT NULL,
    -- a person said so
    is_decided     boolean NOT NULL,
    -- legal day from which it waits for a person; '-infinity': it does not wait
    waiting_since  date NOT NULL,
    addresses      integer NOT NULL CHECK (addresses > 0)
);
COMMENT ON TABLE public.dossier_count IS
    'Addresses of dossiers, counted; refreshed by the worker, nobody in it';
-- Usage: some days; a day written anew
CREATE INDEX dossier_count_day_idx ON public.dossier_count (day);
-- Usage: one commune over time
CREATE INDEX dossier_count_commune_idx ON public.dossier_count (commune_code, day);

-- Dossiers by all the communes they lie in: so they add up, over any choice of communes.
CREATE TABLE public.dossier_day_count (
    day            date NOT NULL,
    procedure_code text COLLATE "C" NOT NULL,
    -- sorted, each once, as above; {''}: no place known
    communes       text[] COLLATE "C" NOT NULL CHECK (cardinality(communes) > 0),
    dossiers       integer NOT NULL CHECK (dossiers > 0)
);
COMMENT ON TABLE public.dossier_day_count IS 'Dossiers, counted; refreshed by the worker';
-- Usage: some days; a day written anew
CREATE INDEX dossier_day_count_day_idx ON public.dossier_day_count (day);

-- How fresh the counts are; one row, held by whoever counts.
CREATE TABLE public.dossier_count_state (
    is_one       boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    -- NULL: everything is still to be counted
    counted_at   timestamptz,
    event_number bigint NOT NULL DEFAULT 0
);
INSERT INTO public.dossier_count_state DEFAULT VALUES;

-- What changed since: days, or dossiers whose day is looked up. Taken away by whoever counts.
CREATE TABLE personal.dossier_count_due (
    day        date,
    dossier_id bigint,
    CHECK ((day IS NULL) <> (dossier_id IS NULL))
);

-- Whatever changes a dossier or its addresses changes its version, hence its row.
CREATE FUNCTION personal.note_dossier_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO personal.dossier_count_due (day)
        SELECT DISTINCT coalesce(received_on, '-infinity') FROM before;
    END IF;
    INSERT INTO personal.dossier_count_due (day)
    SELECT DISTINCT coalesce(received_on, '-infinity') FROM changed;
    RETURN NULL;
END
$$;
CREATE TRIGGER dossier_added AFTER INSERT ON personal.dossier
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION personal.note_dossier_days();
CREATE TRIGGER dossier_changed AFTER UPDATE ON personal.dossier
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION personal.note_dossier_days();
CREATE TRIGGER dossier_removed AFTER DELETE ON personal.dossier
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION personal.note_dossier_days();

-- Who moves an address sees no dossier: the day of each is looked up later.
CREATE OR REPLACE FUNCTION personal.dossiers_follow_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS (
        UPDATE personal.dossier_reach SET commune_code = NEW.commune_code
        WHERE address_id = NEW.address_id RETURNING dossier_id)
    INSERT INTO personal.dossier_count_due (dossier_id) SELECT DISTINCT dossier_id FROM moved;
    RETURN NULL;
END
$$;
"""

BACK = """
CREATE OR REPLACE FUNCTION personal.dossiers_follow_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE personal.dossier_reach SET commune_code = NEW.commune_code
    WHERE address_id = NEW.address_id;
    RETURN NULL;
END
$$;
DROP TRIGGER dossier_removed ON personal.dossier;
DROP TRIGGER dossier_changed ON personal.dossier;
DROP TRIGGER dossier_added ON personal.dossier;
DROP FUNCTION personal.note_dossier_days;
DROP TABLE personal.dossier_count_due, public.dossier_count_state, public.dossier_day_count,
    public.dossier_count;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
