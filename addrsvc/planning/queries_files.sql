-- lock_sender --
-- Whoever adds to the files of one sender takes turns, until the end of the transaction.
SELECT pg_advisory_xact_lock(731022, hashtext(%(principal)s));

-- held --
-- How many files of a sender are under way, and the bytes of those that lie here; those that come
-- count as declared. except: a file not to be counted, or NULL.
SELECT count(*) FILTER (WHERE state IN ('receiving', 'waiting', 'checking')) AS unfinished,
       coalesce(sum(bytes) FILTER (WHERE gone_at IS NULL), 0)::bigint AS bytes
FROM plan_file
WHERE principal = %(principal)s
  AND (%(except)s::uuid IS NULL OR file_id <> %(except)s);

-- insert_file --
-- A file that begins to come.
INSERT INTO plan_file (file_id, plan_id, name, bytes, state, options, principal, areas, created_at,
                       changed_at, expires_at)
VALUES (gen_random_uuid(), %(plan_id)s, %(name)s, %(bytes)s, 'receiving', %(options)s,
        %(principal)s, %(areas)s, %(at)s, %(at)s, %(expires_at)s)
RETURNING file_id;

-- received --
-- The whole file is there. Index: plan_file_pkey.
UPDATE plan_file
SET state = 'waiting', bytes = %(bytes)s, sha256 = %(sha256)s, changed_at = %(at)s
WHERE file_id = %(file_id)s AND state = 'receiving';

-- forget_unreceived --
-- A file that did not come whole. Index: plan_file_pkey.
DELETE FROM plan_file WHERE file_id = %(file_id)s AND state = 'receiving';

-- find_file --
-- One file. Index: plan_file_pkey.
SELECT * FROM plan_file WHERE file_id = %(file_id)s;

-- file_of_plan --
-- One file of a plan. Index: plan_file_pkey.
SELECT * FROM plan_file
WHERE file_id = %(file_id)s AND plan_id = %(plan_id)s AND state <> 'receiving';

-- files_of_plan --
-- Files of a plan, the newest first. Index: plan_file_plan_idx.
SELECT * FROM plan_file
WHERE plan_id = %(plan_id)s AND state <> 'receiving'
ORDER BY created_at DESC, file_id
LIMIT %(limit)s;

-- begin_check --
-- Take a file up; one whose worker died is taken up again. Index: plan_file_pkey.
UPDATE plan_file SET state = 'checking', changed_at = %(at)s
WHERE file_id = %(file_id)s AND state IN ('waiting', 'checking');

-- end_check --
-- What was found, or why it cannot be used: checked, refused or failed. Index: plan_file_pkey.
UPDATE plan_file
SET state = %(state)s, report = %(report)s, problem = %(problem)s, changed_at = %(at)s
WHERE file_id = %(file_id)s AND state IN ('waiting', 'checking');

-- ask_storing --
-- Have zones stored; repairs: numbers of features, NULL: all. Index: plan_file_pkey.
UPDATE plan_file
SET state = 'storing', repairs = %(repairs)s, leave_out = %(leave_out)s, problem = NULL,
    principal = %(principal)s, areas = %(areas)s, changed_at = %(at)s
WHERE file_id = %(file_id)s;

-- end_storing --
-- Zones are stored, or why they are not: then it is checked as before. Index: plan_file_pkey.
UPDATE plan_file SET state = %(state)s, problem = %(problem)s, changed_at = %(at)s
WHERE file_id = %(file_id)s AND state = 'storing';

-- under_way --
-- Files a worker has to do something with.
SELECT file_id, state FROM plan_file WHERE state IN ('waiting', 'checking', 'storing')
FOR UPDATE SKIP LOCKED;

-- forget_zones --
-- Zones of a plan; pieces first, which is quicker than their cascade. Index:
-- planning_piece_plan_idx, planning_zone_once.
WITH pieces AS (DELETE FROM planning_piece WHERE plan_id = %(plan_id)s)
DELETE FROM planning_zone WHERE plan_id = %(plan_id)s;

-- cut_zones --
-- Cut the zones of a plan small: what points are looked up in. Valid shapes only.
INSERT INTO planning_piece (plan_id, zone_id, piece)
SELECT plan_id, zone_id, piece
FROM (
    SELECT plan_id, zone_id, (ST_Dump(ST_Subdivide(shape, 64))).geom AS piece
    FROM planning_zone WHERE plan_id = %(plan_id)s) AS cut
WHERE ST_Dimension(piece) = 2;

-- communes_of --
-- Codes of communes of a legal day that the zones of a plan lie in, by their pieces: those that
-- have at least %(share)s of the plan or the plan of them, for boundaries are drawn by many hands.
-- An approximate cell counts where no imported boundary covers most of a piece. Areas are square
-- degrees, compared at one place only. Index: admin_unit_piece_piece_idx.
WITH piece AS (
    SELECT ctid AS id, piece, ST_Area(piece) AS area
    FROM planning_piece WHERE plan_id = %(plan_id)s
), met AS (
    SELECT piece.id, piece.area, u.code, a.indicative,
           CASE WHEN ST_CoveredBy(piece.piece, a.piece) THEN piece.area
                ELSE ST_Area(ST_Intersection(piece.piece, a.piece)) END AS common
    FROM piece
    JOIN admin_unit_piece a ON ST_Intersects(piece.piece, a.piece)
    JOIN admin_unit u ON (u.code, u.valid_from) = (a.code, a.valid_from)
    WHERE u.valid_from <= %(day)s AND (u.valid_to IS NULL OR %(day)s < u.valid_to)
), told AS (
    SELECT met.*, sum(common) FILTER (WHERE NOT indicative) OVER (PARTITION BY id) AS known
    FROM met
), within AS (
    SELECT code, sum(common) AS common FROM told
    WHERE NOT indicative OR coalesce(known, 0) < area / 2
    GROUP BY code
)
SELECT code FROM within
WHERE common >= %(share)s * (SELECT sum(area) FROM piece)
   OR common >= %(share)s * (
       SELECT sum(ST_Area(a.piece)) FROM admin_unit_piece a JOIN admin_unit u USING (code, valid_from)
       WHERE u.code = within.code
         AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR %(day)s < u.valid_to))
ORDER BY code;

-- store_zones --
-- What the zones of a draft are, now that they are there. Index: plan_pkey, planning_zone_once.
UPDATE plan
SET version = version + 1, zones = %(zones)s, vertices = %(vertices)s, area_m2 = %(area_m2)s,
    extent = (SELECT ST_SetSRID(ST_Extent(shape)::geometry, 4326) FROM planning_zone z
              WHERE z.plan_id = %(plan_id)s),
    communes = %(communes)s, file_id = %(file_id)s, changed_at = %(at)s, changed_by = %(by)s
WHERE plan_id = %(plan_id)s;

-- due_files --
-- Files whose time is over, or whose draft was discarded, and nobody is at.
-- Index: plan_file_expires_idx.
SELECT f.file_id FROM plan_file f JOIN plan p USING (plan_id)
WHERE f.gone_at IS NULL AND (f.expires_at <= %(at)s OR p.discarded_at IS NOT NULL)
  AND f.state NOT IN ('receiving', 'waiting', 'checking', 'storing')
LIMIT %(limit)s;

-- files_gone --
-- No file is left there. Index: plan_file_pkey.
UPDATE plan_file SET gone_at = %(at)s WHERE file_id = %(file_id)s AND gone_at IS NULL;

-- receiving_since --
-- Files that have been coming for long.
SELECT file_id FROM plan_file WHERE state = 'receiving' AND changed_at < %(before)s;

-- with_files --
-- Which of some files are there, by their rows. Index: plan_file_pkey.
SELECT file_id FROM plan_file WHERE file_id = ANY (%(file_ids)s) AND gone_at IS NULL;

-- discarded_with_zones --
-- Discarded drafts whose zones are still there.
SELECT plan_id FROM plan WHERE discarded_at IS NOT NULL AND zones > 0 LIMIT %(limit)s
FOR UPDATE SKIP LOCKED;

-- note_zones_gone --
-- No zones are left of a discarded draft. Index: plan_pkey.
UPDATE plan SET zones = 0, vertices = 0, area_m2 = 0, extent = NULL, changed_at = %(at)s
WHERE plan_id = %(plan_id)s AND discarded_at IS NOT NULL;

-- give_up --
-- Say that a file cannot be gone on with. Index: plan_file_pkey.
UPDATE plan_file SET state = 'failed', problem = %(problem)s, changed_at = %(at)s
WHERE file_id = %(file_id)s AND state IN ('waiting', 'checking', 'storing');

-- insert_local_file --
-- A file imported on this machine, whose zones are being stored; it stays where it is.
INSERT INTO plan_file (file_id, plan_id, name, bytes, sha256, state, options, report, principal,
                       repairs, leave_out, created_at, changed_at, expires_at, gone_at)
VALUES (gen_random_uuid(), %(plan_id)s, %(name)s, %(bytes)s, %(sha256)s, 'storing', %(options)s,
        %(report)s, %(principal)s, %(repairs)s, %(leave_out)s, %(at)s, %(at)s, %(at)s, %(at)s)
RETURNING file_id;
