"""Field collection: tasks, blocks of codes on devices, what devices send, conflicts, photos.

Revision: 0030_collection
"""

from alembic import op

revision = "0030_collection"
down_revision = "0029_keys_revoked"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE collection_task (
    task_id      uuid PRIMARY KEY,
    title        text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    kind         text NOT NULL CHECK (kind IN ('commune', 'locality', 'street', 'polygon')),
    -- present commune it lies in: rights rest on it
    commune_code text NOT NULL,
    -- of a locality: [kind, name]; of a street: its name; as addresses of the commune have it
    named        jsonb,
    -- of a polygon: as drawn; else NULL: the boundary of the commune
    area         geometry(MultiPolygon, 4326),
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    -- id of the person (principal) it is given to; NULL: nobody yet
    assigned_to  text,
    due_on       date,
    note         text CHECK (length(note) <= 2000),
    version      integer NOT NULL DEFAULT 1,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    closed_at    timestamptz,
    CONSTRAINT collection_task_area_check CHECK ((kind = 'polygon') = (area IS NOT NULL)),
    CONSTRAINT collection_task_named_check
        CHECK ((kind IN ('locality', 'street')) = (named IS NOT NULL)),
    CONSTRAINT collection_task_closed_check CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
COMMENT ON TABLE collection_task IS 'Areas to be walked, and by whom';
-- Usage: tasks of a person's communes; the page of a supervisor
CREATE INDEX collection_task_commune_idx ON collection_task (commune_code, created_at, task_id);
-- Usage: tasks of a person
CREATE INDEX collection_task_person_idx ON collection_task (assigned_to) WHERE state = 'open';

CREATE TABLE code_block (
    block_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- id of the device's key
    device        text NOT NULL,
    commune_code  text NOT NULL,
    prefix        text NOT NULL REFERENCES code_prefix,
    -- counters spent for good, half open
    start_counter integer NOT NULL CHECK (start_counter >= 0),
    end_counter   integer NOT NULL,
    -- settled at issue, ten digits each, in the order to use them
    codes         text[] NOT NULL CHECK (cardinality(codes) > 0),
    issued_at     timestamptz NOT NULL,
    -- half open; what is not used by then is burnt
    expires_at    timestamptz NOT NULL,
    -- the device was revoked: its time ended early
    revoked_at    timestamptz,
    -- of the Idempotency-Key it was asked for with
    request_key   text,
    CONSTRAINT code_block_counters_check
        CHECK (cardinality(codes) <= end_counter - start_counter),
    CONSTRAINT code_block_time_check CHECK (issued_at <= expires_at),
    CONSTRAINT code_block_request_key UNIQUE (device, request_key)
);
COMMENT ON TABLE code_block IS 'Codes handed to devices: a house has its own with no network';
-- Usage: blocks of a device, the newest first
CREATE INDEX code_block_device_idx ON code_block (device, block_id);

CREATE SEQUENCE submission_change_seq;

CREATE TABLE submission (
    submission_id uuid PRIMARY KEY,
    -- id of the key of the device that made it
    device        text NOT NULL,
    -- who brought it in by file; NULL: the device itself
    carried_by    text,
    task_id       uuid REFERENCES collection_task,
    act           text NOT NULL CHECK (act IN ('add', 'correct', 'gone', 'nobody-home')),
    -- the newest that came
    revision      integer NOT NULL CHECK (revision > 0),
    state         text NOT NULL
        CHECK (state IN ('received', 'accepted', 'needs-you', 'refused', 'quarantined')),
    -- what it waits for while received: the register's own decision, or a supervisor's
    waits_for     text CHECK (waits_for IN ('register', 'review')),
    -- present commune it lies in, as far as known: rights rest on it
    commune_code  text,
    -- the address it is about, or that came of it
    address_id    bigint REFERENCES address,
    -- ten digits, from a block of the device: spoken for as soon as it is kept
    code          text CHECK (code ~ '^[0-9]{10}$'),
    -- where the collector stood or pointed to
    position      geometry(Point, 4326),
    accuracy_m    double precision CHECK (accuracy_m > 0),
    -- by the device's clock put right; see payload
    made_at       timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    decided_at    timestamptz,
    decided_by    text,
    -- words of the supervisor to the collector
    note          text CHECK (length(note) <= 2000),
    -- a private part was announced; it is kept in personal.submission_private
    has_private   boolean NOT NULL DEFAULT false,
    -- order of the last change, for devices that ask what is new
    change_number bigint NOT NULL DEFAULT nextval('submission_change_seq'),
    version       integer NOT NULL DEFAULT 1,
    -- who looks at it at the desk, and until when it is given to nobody else
    claimed_by    text,
    claimed_until timestamptz,
    CONSTRAINT submission_waits_check CHECK ((state = 'received') = (waits_for IS NOT NULL))
);
COMMENT ON TABLE submission IS
    'Records of collectors as they stand; what was sent is in submission_revision';
-- Usage: one house a code; found where a code of a block is used twice. The first keeps it
CREATE UNIQUE INDEX submission_code_key ON submission (code) WHERE code IS NOT NULL;
-- Usage: what changed for a device since it asked last
CREATE INDEX submission_device_change_idx ON submission (device, change_number);
-- Usage: the record a device made before and after another
CREATE INDEX submission_device_made_idx ON submission (device, made_at);
-- Usage: the desk's queue, everywhere and in some communes
CREATE INDEX submission_review_idx ON submission (received_at, submission_id)
    WHERE waits_for = 'review' OR state = 'quarantined';
-- Usage: what the worker has to decide where a request died in between
CREATE INDEX submission_pending_idx ON submission (received_at, submission_id)
    WHERE waits_for = 'register';
-- Usage: progress of a task
CREATE INDEX submission_task_idx ON submission (task_id) WHERE task_id IS NOT NULL;
-- Usage: what was collected of an address
CREATE INDEX submission_address_idx ON submission (address_id) WHERE address_id IS NOT NULL;
-- Usage: quality per collector over days, in some communes
CREATE INDEX submission_received_idx ON submission (received_at);

CREATE TABLE submission_revision (
    submission_id  uuid NOT NULL REFERENCES submission ON DELETE CASCADE,
    revision       integer NOT NULL CHECK (revision > 0),
    -- the bytes as sent, nothing of people in them
    payload        text NOT NULL,
    sha256         bytea NOT NULL CHECK (length(sha256) = 32),
    received_at    timestamptz NOT NULL,
    -- what was found: [{slug, …facts}]
    findings       jsonb NOT NULL DEFAULT '[]',
    -- what the register said of the address when it was decided: the base, ours, and the outcome
    merge          jsonb,
    PRIMARY KEY (submission_id, revision)
);
COMMENT ON TABLE submission_revision IS 'What devices sent, byte for byte';

CREATE TABLE submission_conflict (
    submission_id uuid NOT NULL REFERENCES submission ON DELETE CASCADE,
    revision      integer NOT NULL,
    field         text NOT NULL,
    -- as the device saw it, as the register has it, as the device says it; json null: nothing
    base          jsonb NOT NULL,
    registered    jsonb NOT NULL,
    collected     jsonb NOT NULL,
    -- 'registered', 'collected' or 'other'; NULL: nobody decided yet
    chosen        text CHECK (chosen IN ('registered', 'collected', 'other')),
    chosen_by     text,
    chosen_at     timestamptz,
    PRIMARY KEY (submission_id, revision, field),
    CONSTRAINT submission_conflict_decided_check
        CHECK ((chosen IS NULL) = (chosen_at IS NULL) AND (chosen IS NULL) = (chosen_by IS NULL))
);
COMMENT ON TABLE submission_conflict IS
    'Fields said otherwise by the register and a device at once, side by side';

CREATE TABLE submission_photo (
    submission_id uuid NOT NULL REFERENCES submission ON DELETE CASCADE,
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    bytes         integer NOT NULL CHECK (bytes > 0),
    media_type    text NOT NULL,
    marks         text NOT NULL,
    taken_at      timestamptz,
    -- all of it is here and its hash is right
    whole_at      timestamptz,
    -- deleted by retention
    erased_at     timestamptz,
    PRIMARY KEY (submission_id, sha256)
);
COMMENT ON TABLE submission_photo IS 'Photos records announce; their bytes are files';

CREATE TABLE personal.submission_private (
    submission_id uuid PRIMARY KEY REFERENCES public.submission ON DELETE CASCADE,
    -- the submission's: rights rest on it
    commune_code  text,
    -- Fernet token of the contact with what was consented to, and the collector's words
    sealed        text NOT NULL,
    key_id        text NOT NULL,
    kept_at       timestamptz NOT NULL
);
COMMENT ON TABLE personal.submission_private IS 'Contacts and words collectors noted, sealed';
ALTER TABLE personal.submission_private ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY submission_private_open ON personal.submission_private
    USING (row_is_open('submissions', commune_code));
"""

BACK = """
DROP TABLE personal.submission_private, submission_photo, submission_conflict,
    submission_revision, submission, code_block, collection_task;
DROP SEQUENCE submission_change_seq;
"""


def upgrade() -> None:
    op.execute(DDL)


def downgrade() -> None:
    op.execute(BACK)
