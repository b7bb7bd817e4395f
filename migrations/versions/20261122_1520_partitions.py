"""Partitions by time: events, audit entries, and versions the register no longer says.

Years, not months: entries are read by number and histories by address, which time says nothing
about, so that each such read looks into every partition there is.

Revision: 0013_partitions
"""

from alembic import op

revision = "0013_partitions"
down_revision = "0012_queue"
branch_labels = None
depends_on = None

MAKING = """
CREATE FUNCTION make_partitions(until date) RETURNS integer LANGUAGE plpgsql
    -- the writer owns no table; whoever asks waits a moment for the lock and holds nobody up
    SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
AS $$
DECLARE
    made integer := 0;
    first date;
    after date;
    parent text;
    name text;
    taken boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('make_partitions'));
    FOR year IN 2026 .. least(extract(year FROM until), extract(year FROM now()) + 2) LOOP
        first := make_date(year, 1, 1);
        after := make_date(year + 1, 1, 1);
        FOREACH parent IN ARRAY ARRAY['event', 'audit_entry'] LOOP
            name := parent || '_' || year;
            CONTINUE WHEN to_regclass(name) IS NOT NULL;
            -- nothing of a log is ever moved: rows that came before their partition stay
            EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE recorded_at >= %L'
                ' AND recorded_at < %L)', parent || '_other', first, after) INTO taken;
            CONTINUE WHEN taken;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                name, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, name, first, after);
            EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I'
                ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_keep', name);
            made := made + 1;
        END LOOP;
        name := 'address_version_past_' || year;
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        ALTER TABLE address_version_past DETACH PARTITION address_version_past_later;
        EXECUTE format('CREATE TABLE %I (LIKE address_version_past INCLUDING CONSTRAINTS)', name);
        EXECUTE format('INSERT INTO %I SELECT * FROM address_version_past_later'
            ' WHERE recorded_to < %L', name, after);
        DELETE FROM address_version_past_later WHERE recorded_to < after;
        EXECUTE format('ALTER TABLE address_version_past ATTACH PARTITION %I'
            ' FOR VALUES FROM (%L) TO (%L)', name, first, after);
        EXECUTE format('ALTER TABLE address_version_past ATTACH PARTITION'
            ' address_version_past_later FOR VALUES FROM (%L) TO (MAXVALUE)', after);
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION make_partitions IS
    'Add the partitions of every year up to a day, at most two years ahead; gives how many';
"""

LOGS = """
ALTER TABLE event RENAME TO event_whole;
ALTER SEQUENCE event_event_id_seq RENAME TO event_whole_seq;
ALTER TABLE event_whole DROP CONSTRAINT event_pkey;
DROP INDEX event_xid_idx, event_number_key, event_unsealed_idx;
CREATE TABLE event (
    event_id    bigint GENERATED ALWAYS AS IDENTITY,
    -- the writing transaction: a reader below pg_snapshot_xmin() misses nothing
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    recorded_at timestamptz NOT NULL,
    type        text NOT NULL,
    -- what it happened to: an address code or id, a unit code, a prefix; never personal data
    subject     text NOT NULL,
    data        jsonb,
    -- place in the feed, given by the sealer: without gaps, in an order in which causes go first
    number      bigint CONSTRAINT event_number_check CHECK (number > 0),
    -- SHA-256 over the hash before and this row; see addrsvc/events/chain.py
    hash        bytea CONSTRAINT event_hash_check CHECK (length(hash) = 32),
    PRIMARY KEY (event_id, recorded_at),
    CONSTRAINT event_sealed_check CHECK ((number IS NULL) = (hash IS NULL))
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE event IS 'One change, in the transaction that made it. Append only.';
CREATE TABLE event_other PARTITION OF event DEFAULT;
CREATE TRIGGER event_other_keep BEFORE TRUNCATE ON event_other
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE audit_entry RENAME TO audit_entry_whole;
ALTER SEQUENCE audit_entry_audit_id_seq RENAME TO audit_entry_whole_seq;
ALTER TABLE audit_entry_whole DROP CONSTRAINT audit_entry_pkey;
DROP INDEX audit_entry_number_key, audit_entry_unsealed_idx;
CREATE TABLE audit_entry (
    audit_id    bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL,
    principal   text NOT NULL,
    action      text NOT NULL,
    subject     text NOT NULL,
    outcome     text NOT NULL
        CONSTRAINT audit_entry_outcome_check CHECK (outcome IN ('done', 'refused')),
    request_id  text,
    detail      jsonb,
    number      bigint CONSTRAINT audit_entry_number_check CHECK (number > 0),
    hash        bytea CONSTRAINT audit_entry_hash_check CHECK (length(hash) = 32),
    PRIMARY KEY (audit_id, recorded_at),
    CONSTRAINT audit_entry_sealed_check CHECK ((number IS NULL) = (hash IS NULL))
) PARTITION BY RANGE (recorded_at);
COMMENT ON TABLE audit_entry IS 'Who did what, when, with which outcome. Append only.';
CREATE TABLE audit_entry_other PARTITION OF audit_entry DEFAULT;
CREATE TRIGGER audit_entry_other_keep BEFORE TRUNCATE ON audit_entry_other
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

VERSIONS = """
DROP VIEW address_said, address_now;
ALTER TABLE address_version RENAME TO address_version_whole;
ALTER TABLE address_version_whole DROP CONSTRAINT address_version_pkey;
DROP INDEX address_version_open_key, address_version_act_idx, address_version_commune_idx;
CREATE TABLE address_version (
    address_id    bigint NOT NULL
        CONSTRAINT address_version_address_id_fkey REFERENCES address,
    version       integer NOT NULL CONSTRAINT address_version_version_check CHECK (version > 0),
    status        text NOT NULL CONSTRAINT address_version_status_check
        CHECK (status IN ('proposed', 'reserved', 'current', 'retired', 'rejected')),
    -- the world's clock: legal days, half open; NULL = still so
    valid_from    date NOT NULL,
    valid_to      date CONSTRAINT address_version_check CHECK (valid_to > valid_from),
    -- the register's clock, half open; NULL = what the register says now
    recorded_from timestamptz NOT NULL,
    recorded_to   timestamptz
        CONSTRAINT address_version_check1 CHECK (recorded_to >= recorded_from),
    act           text NOT NULL CONSTRAINT address_version_act_check CHECK (act IN (
        'assign', 'import', 'correct', 'position', 'reserve', 'change', 'retire', 'reject',
        'merge', 'split', 'replace', 'duplicate', 'undo',
        'reorganise', 'name-street', 'renumber', 'move-locality')),
    principal     text NOT NULL,
    reason        text,
    -- the whole address as it was said to be: kind, name, components, position, source
    document      jsonb NOT NULL,
    act_id        bigint CONSTRAINT address_version_act_id_fkey REFERENCES registry_act
) PARTITION BY LIST ((recorded_to IS NULL));
COMMENT ON TABLE address_version IS
    'All the register ever said; ask for recorded_to IS NULL, and only what it says now is read';

CREATE TABLE address_version_open PARTITION OF address_version
    (CONSTRAINT address_version_pkey PRIMARY KEY (address_id, version)) FOR VALUES IN (true);
COMMENT ON TABLE address_version_open IS 'What the register says now';
CREATE TABLE address_version_past PARTITION OF address_version FOR VALUES IN (false)
    PARTITION BY RANGE (recorded_to);
COMMENT ON TABLE address_version_past IS 'What the register once said, by the year it ceased to';
-- No default partition below another: asked for IS NULL OR > a moment, PostgreSQL 15 leaves it out
-- and gives too few rows.
CREATE TABLE address_version_past_before PARTITION OF address_version_past
    FOR VALUES FROM (MINVALUE) TO ('2026-01-01Z');
CREATE TABLE address_version_past_later PARTITION OF address_version_past
    FOR VALUES FROM ('2026-01-01Z') TO (MAXVALUE);
"""

FILLED = """
INSERT INTO event (event_id, xid, recorded_at, type, subject, data, number, hash)
    OVERRIDING SYSTEM VALUE
SELECT event_id, xid, recorded_at, type, subject, data, number, hash FROM event_whole;
SELECT setval(pg_get_serial_sequence('event', 'event_id'), last_value, is_called)
FROM event_whole_seq;
INSERT INTO audit_entry (audit_id, recorded_at, principal, action, subject, outcome, request_id,
                         detail, number, hash)
    OVERRIDING SYSTEM VALUE
SELECT audit_id, recorded_at, principal, action, subject, outcome, request_id, detail, number, hash
FROM audit_entry_whole;
SELECT setval(pg_get_serial_sequence('audit_entry', 'audit_id'), last_value, is_called)
FROM audit_entry_whole_seq;
INSERT INTO address_version (address_id, version, status, valid_from, valid_to, recorded_from,
                             recorded_to, act, principal, reason, document, act_id)
SELECT address_id, version, status, valid_from, valid_to, recorded_from, recorded_to, act,
       principal, reason, document, act_id
FROM address_version_whole;
DROP TABLE event_whole, audit_entry_whole, address_version_whole;
"""

LOG_INDEXES = """
-- Usage: what committed since a snapshot, for followers of the feed
CREATE INDEX event_xid_idx ON event (xid, event_id);
-- Usage: the feed. Across years the one sealer keeps numbers apart (log_head), and audit verify
-- shows where somebody else did not
CREATE UNIQUE INDEX event_number_key ON event (number, recorded_at) WHERE number IS NOT NULL;
-- Usage: what the sealer has to do
CREATE INDEX event_unsealed_idx ON event (event_id) WHERE number IS NULL;
-- Usage: reading and verifying the log
CREATE UNIQUE INDEX audit_entry_number_key ON audit_entry (number, recorded_at)
    WHERE number IS NOT NULL;
-- Usage: what the sealer has to do
CREATE INDEX audit_entry_unsealed_idx ON audit_entry (audit_id) WHERE number IS NULL;
-- Usage: auditors: what somebody did, and what was done to something
CREATE INDEX audit_entry_principal_idx ON audit_entry (principal, number);
CREATE INDEX audit_entry_subject_idx ON audit_entry (subject, number);
"""

TRIGGERS = """
CREATE TRIGGER event_append_only BEFORE DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_sealed_once BEFORE UPDATE ON event
    FOR EACH ROW WHEN (OLD.number IS NOT NULL OR NEW.number IS NULL
        OR (OLD.event_id, OLD.xid, OLD.recorded_at, OLD.type, OLD.subject, OLD.data)
           IS DISTINCT FROM
           (NEW.event_id, NEW.xid, NEW.recorded_at, NEW.type, NEW.subject, NEW.data))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_sealed_once BEFORE UPDATE ON audit_entry
    FOR EACH ROW WHEN (OLD.number IS NOT NULL OR NEW.number IS NULL
        OR (OLD.audit_id, OLD.recorded_at, OLD.principal, OLD.action, OLD.subject, OLD.outcome,
            OLD.request_id, OLD.detail)
           IS DISTINCT FROM
           (NEW.audit_id, NEW.recorded_at, NEW.principal, NEW.action, NEW.subject, NEW.outcome,
            NEW.request_id, NEW.detail))
    EXECUTE FUNCTION refuse_change();
"""

ROW_TRIGGERS = """
-- partitions have these too, if named themselves
CREATE TRIGGER event_undeletable BEFORE DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_undeletable BEFORE DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

VERSION_INDEXES = """
-- Usage: at most one open version of an address; the row every write closes
CREATE UNIQUE INDEX address_version_open_key ON address_version_open (address_id)
    WHERE valid_to IS NULL;
-- Usage: the addresses an act touched, to show and to undo it
CREATE INDEX address_version_act_idx ON address_version_open (act_id, address_id)
    WHERE act_id IS NOT NULL;
-- Usage: lists and exports of a commune as of another day
CREATE INDEX address_version_commune_idx
    ON address_version_open ((document -> 'commune' ->> 0), address_id);
-- Usage: the history of an address. Only one year's: that a version is not closed twice, the lock
-- every write takes of its address sees to, and addrsvc verify shows
ALTER TABLE address_version_past ADD PRIMARY KEY (address_id, version, recorded_to);
-- Usage: as of the open ones
CREATE INDEX address_version_past_act_idx ON address_version_past (act_id, address_id)
    WHERE act_id IS NOT NULL;
CREATE INDEX address_version_past_commune_idx
    ON address_version_past ((document -> 'commune' ->> 0), address_id);
"""

_SUCCESSORS = """CASE WHEN c.status = 'retired' THEN
           (SELECT json_agg(json_build_array(s.code, r.relation, n.visibility) ORDER BY s.code)
              FROM address_successor r
              JOIN address s ON s.address_id = r.successor_id
              JOIN address_current n ON n.address_id = r.successor_id
             WHERE r.address_id = a.address_id AND r.withdrawn_at IS NULL)
       END"""

NOW = """
-- What a reader sees: open version, present commune and province, successors if retired.
CREATE VIEW address_now AS
SELECT a.address_id, a.code, a.issuer, c.version, c.status, c.visibility, c.commune_code,
       v.valid_from, v.recorded_from, v.document,
       u.full_name AS commune_name, p.code AS province_code, p.full_name AS province_name,
       {successors} AS successors
FROM address a
JOIN address_current c ON c.address_id = a.address_id
JOIN address_version v ON v.address_id = c.address_id AND v.version = c.version{open}
LEFT JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
LEFT JOIN admin_unit p ON p.code = u.parent_code AND p.valid_from <= u.valid_from
    AND (p.valid_to IS NULL OR p.valid_to > u.valid_from);
"""

SAID = """
-- All the register ever said of addresses, row by row, with the names of units as of the day of
-- the commune in the document: for reading as of another time.
CREATE VIEW address_said AS
SELECT v.address_id, a.code, a.issuer, v.version, v.status, v.valid_from, v.valid_to,
       v.recorded_from, v.recorded_to, v.document, v.document->'commune'->>0 AS commune_code,
       u.full_name AS commune_name, coalesce(g.code, p.code) AS province_code,
       coalesce(g.full_name, p.full_name) AS province_name,
       c.visibility AS visibility_now
FROM address_version v
JOIN address a ON a.address_id = v.address_id
JOIN address_current c ON c.address_id = v.address_id
LEFT JOIN admin_unit u ON u.code = v.document->'commune'->>0
    AND u.valid_from = (v.document->'commune'->>1)::date
LEFT JOIN admin_unit p ON p.code = u.parent_code AND p.valid_from <= u.valid_from
    AND (p.valid_to IS NULL OR p.valid_to > u.valid_from)
LEFT JOIN admin_unit g ON p.level = 'district' AND g.code = p.parent_code
    AND g.valid_from <= u.valid_from AND (g.valid_to IS NULL OR g.valid_to > u.valid_from);
"""

BACK_LOGS = """
DROP VIEW address_said, address_now;
DROP FUNCTION make_partitions;

ALTER TABLE event RENAME TO event_parts;
ALTER SEQUENCE event_event_id_seq RENAME TO event_parts_seq;
ALTER TABLE event_parts DROP CONSTRAINT event_pkey;
DROP INDEX event_xid_idx, event_number_key, event_unsealed_idx;
CREATE TABLE event (LIKE event_parts INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY);
ALTER TABLE event ADD PRIMARY KEY (event_id);
INSERT INTO event OVERRIDING SYSTEM VALUE SELECT * FROM event_parts;
SELECT setval(pg_get_serial_sequence('event', 'event_id'), last_value, is_called)
FROM event_parts_seq;
CREATE INDEX event_xid_idx ON event (xid, event_id);
CREATE UNIQUE INDEX event_number_key ON event (number) WHERE number IS NOT NULL;
CREATE INDEX event_unsealed_idx ON event (event_id) WHERE number IS NULL;

ALTER TABLE audit_entry RENAME TO audit_entry_parts;
ALTER SEQUENCE audit_entry_audit_id_seq RENAME TO audit_entry_parts_seq;
ALTER TABLE audit_entry_parts DROP CONSTRAINT audit_entry_pkey;
DROP INDEX audit_entry_number_key, audit_entry_unsealed_idx;
CREATE TABLE audit_entry
    (LIKE audit_entry_parts INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY);
ALTER TABLE audit_entry ADD PRIMARY KEY (audit_id);
INSERT INTO audit_entry OVERRIDING SYSTEM VALUE SELECT * FROM audit_entry_parts;
SELECT setval(pg_get_serial_sequence('audit_entry', 'audit_id'), last_value, is_called)
FROM audit_entry_parts_seq;
CREATE UNIQUE INDEX audit_entry_number_key ON audit_entry (number) WHERE number IS NOT NULL;
CREATE INDEX audit_entry_unsealed_idx ON audit_entry (audit_id) WHERE number IS NULL;
DROP TABLE event_parts, audit_entry_parts;
"""

BACK_VERSIONS = """
ALTER TABLE address_version RENAME TO address_version_parts;
CREATE TABLE address_version (LIKE address_version_parts INCLUDING CONSTRAINTS);
INSERT INTO address_version SELECT * FROM address_version_parts;
DROP TABLE address_version_parts;
ALTER TABLE address_version
    ADD PRIMARY KEY (address_id, version),
    ADD FOREIGN KEY (address_id) REFERENCES address,
    ADD FOREIGN KEY (act_id) REFERENCES registry_act;
CREATE UNIQUE INDEX address_version_open_key ON address_version (address_id)
    WHERE recorded_to IS NULL AND valid_to IS NULL;
CREATE INDEX address_version_act_idx ON address_version (act_id, address_id)
    WHERE act_id IS NOT NULL;
CREATE INDEX address_version_commune_idx
    ON address_version ((document -> 'commune' ->> 0), address_id);
"""


def upgrade() -> None:
    op.execute(MAKING)
    op.execute(LOGS)
    op.execute(VERSIONS)
    op.execute("SELECT make_partitions('2027-12-31')")
    op.execute(FILLED)
    op.execute(LOG_INDEXES + TRIGGERS + ROW_TRIGGERS)
    op.execute(VERSION_INDEXES)
    op.execute(NOW.format(successors=_SUCCESSORS, open=" AND v.recorded_to IS NULL"))
    op.execute(SAID)


def downgrade() -> None:
    op.execute(BACK_LOGS)
    op.execute(TRIGGERS)
    op.execute(BACK_VERSIONS)
    op.execute(NOW.format(successors=_SUCCESSORS, open=""))
    op.execute(SAID)
