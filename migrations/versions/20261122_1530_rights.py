"""Rights: rows of people guarded; what a role without ownership may have done for it.

What each role may do with each table is in addrsvc/db/rights.sql, given after every migration.

Revision: 0014_rights
"""

from alembic import op

revision = "0014_rights"
down_revision = "0013_partitions"
branch_labels = None
depends_on = None

DDL = """
-- Row-level security in one function, for every table of rows that are for some only. The service
-- opens a kind of rows for the communes it has checked, for one transaction: set_config(
-- 'addrsvc.open_<kind>', '*' or codes with commas, true). What is not opened is closed, to the
-- owner of the table too.
CREATE FUNCTION row_is_open(kind text, commune_code text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE current_setting('addrsvc.open_' || kind, true)
        WHEN '*' THEN true
        ELSE coalesce(commune_code = ANY (string_to_array(
            current_setting('addrsvc.open_' || kind, true), ',')), false)
        END;

ALTER TABLE personal.address_holder ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- a holder is where its address is now
CREATE POLICY address_holder_open ON personal.address_holder USING (
    row_is_open('holders', (SELECT c.commune_code FROM public.address_current c
                            WHERE c.address_id = address_holder.address_id)));

ALTER TABLE personal.reading_note ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY reading_note_open ON personal.reading_note USING (
    row_is_open('holders', (SELECT c.commune_code FROM public.address_current c
                            WHERE c.address_id = reading_note.address_id)));

-- A person's rows may lie anywhere: requests are for those without a limit of area.
ALTER TABLE personal.request ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY request_open ON personal.request USING (row_is_open('requests', NULL));

-- Usage: who looked at whom
CREATE INDEX audit_entry_holder_read_idx ON audit_entry (subject, recorded_at)
    WHERE action = 'holder.read';

-- Only the owner of a table may analyse it, and a long import calls for that.
CREATE FUNCTION analyse_addresses() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    ANALYZE public.address, public.address_version, public.address_current, public.event;
END
$$;
"""

BACK = """
DROP FUNCTION analyse_addresses;
DROP INDEX audit_entry_holder_read_idx;
DROP POLICY request_open ON personal.request;
ALTER TABLE personal.request NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY reading_note_open ON personal.reading_note;
ALTER TABLE personal.reading_note NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY address_holder_open ON personal.address_holder;
ALTER TABLE personal.address_holder NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP FUNCTION row_is_open;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
