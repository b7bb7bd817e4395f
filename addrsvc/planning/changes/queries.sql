-- zones_mark --
-- What tells the zones of plans (plan_ids bigint[]) from those they had before: each plan with its
-- file and its first zone. Index: plan_pkey, planning_zone_once.
SELECT coalesce(string_agg(concat_ws('/', p.plan_id, p.zones, p.file_id, (
           SELECT zone_id FROM planning_zone z WHERE z.plan_id = p.plan_id ORDER BY n LIMIT 1)),
       ',' ORDER BY p.plan_id), '') AS mark
FROM plan p WHERE p.plan_id = any(%(plan_ids)s::bigint[]);

-- find_comparison --
-- What is known of a plan against others (before_ids bigint[], in order).
-- Index: plan_comparison_once.
SELECT comparison_id, state, mark, found, counts, problem, asked_at, done_at
FROM plan_comparison WHERE plan_id = %(plan_id)s AND before_ids = %(before_ids)s::bigint[];

-- ask_comparison --
-- Let a comparison wait to be worked out; one that waits or is worked out goes on as it is.
-- Index: plan_comparison_once.
INSERT INTO plan_comparison AS known (plan_id, before_ids, state, asked_at, asked_by)
VALUES (%(plan_id)s, %(before_ids)s, 'waiting', %(at)s, %(principal)s)
ON CONFLICT (plan_id, before_ids) DO UPDATE
    SET state = CASE known.state WHEN 'working' THEN 'working' ELSE 'waiting' END,
        problem = NULL, asked_at = %(at)s, asked_by = %(principal)s
RETURNING comparison_id;

-- begin_comparison --
-- One run takes a comparison over, whoever was at it; no row: there is none.
-- Index: plan_comparison_pkey.
UPDATE plan_comparison SET state = 'working', run = %(run)s, problem = NULL
WHERE comparison_id = %(comparison_id)s
RETURNING plan_id, before_ids;

-- hold_comparison --
-- Whether a run still is the one at work, held until the transaction ends.
-- Index: plan_comparison_pkey.
SELECT comparison_id FROM plan_comparison
WHERE comparison_id = %(comparison_id)s AND run = %(run)s AND state = 'working' FOR UPDATE;

-- forget_changes --
-- The pieces an earlier run left. Index: planning_change_comparison_idx.
DELETE FROM planning_change WHERE comparison_id = %(comparison_id)s;

-- add_changes --
-- Pieces of changes: codes before and after (text[], NULL: none), square metres (float8[]), shapes
-- (WKB, EPSG:4326), side by side.
INSERT INTO planning_change (comparison_id, plan_id, before_code, after_code, area_m2, shape)
SELECT %(comparison_id)s, %(plan_id)s, before_code, after_code, area_m2, ST_GeomFromWKB(wkb, 4326)
FROM unnest(%(befores)s::text[], %(afters)s::text[], %(areas)s::float8[], %(shapes)s::bytea[])
     AS given (before_code, after_code, area_m2, wkb);

-- finish_comparison --
-- What a run found. Index: plan_comparison_pkey.
UPDATE plan_comparison
SET state = 'done', run = NULL, mark = %(mark)s, found = %(found)s, counts = %(counts)s,
    done_at = %(at)s
WHERE comparison_id = %(comparison_id)s;

-- fail_comparison --
-- It cannot be worked out, problem (jsonb) says why. Index: plan_comparison_pkey.
UPDATE plan_comparison SET state = 'failed', run = NULL, problem = %(problem)s
WHERE comparison_id = %(comparison_id)s;

-- comparisons_under_way --
-- Comparisons a worker has to do something with: few among all.
SELECT comparison_id FROM plan_comparison WHERE state IN ('waiting', 'working')
FOR UPDATE SKIP LOCKED;

-- corners --
-- Lower left corners of all pieces of plans (plan_ids bigint[]), EPSG:4326 degrees.
-- Index: planning_piece_plan_idx.
SELECT ST_XMin(piece) AS west, ST_YMin(piece) AS south
FROM planning_piece WHERE plan_id = any(%(plan_ids)s::bigint[]);

-- pieces_in_cell --
-- Pieces of plans (plan_ids bigint[]) whose lower left corner lies in a cell, without its east and
-- north edge; EPSG:4326 degrees, WKB. Index: planning_piece_piece_idx, planning_zone_pkey.
SELECT z.code, ST_AsBinary(s.piece) AS piece
FROM planning_piece s JOIN planning_zone z ON z.zone_id = s.zone_id
WHERE s.plan_id = any(%(plan_ids)s::bigint[])
  AND s.piece && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
  AND ST_XMin(s.piece) >= %(west)s AND ST_XMin(s.piece) < %(east)s
  AND ST_YMin(s.piece) >= %(south)s AND ST_YMin(s.piece) < %(north)s;

-- pieces_near --
-- Pieces of plans (plan_ids bigint[]) that may meet a box, EPSG:4326 degrees, WKB.
-- Index: planning_piece_piece_idx, planning_zone_pkey.
SELECT z.code, ST_AsBinary(s.piece) AS piece
FROM planning_piece s JOIN planning_zone z ON z.zone_id = s.zone_id
WHERE s.plan_id = any(%(plan_ids)s::bigint[])
  AND s.piece && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326);

-- addresses_looked_at --
-- The next addresses with a code and a position, in use or kept for use, within the extent of
-- plans (plan_ids bigint[]) behind an id, at most limit among the next walked of all, with the codes
-- planned there by some of them (before_ids) and by the others (after_ids), in order; on an edge,
-- those of both sides. Secret ones are among them. Index: address_current_pkey, address_pkey,
-- plan_pkey, planning_piece_piece_idx, planning_zone_pkey.
WITH walked AS MATERIALIZED (
    -- so many in order, wherever they lie: asked for those within the extent at once, all there are
    -- would be gone through and sorted for each few taken
    SELECT c.address_id, c.status, c.commune_code, c.position
    FROM address_current c WHERE c.address_id > %(after)s
    ORDER BY c.address_id LIMIT %(walked)s
), place AS MATERIALIZED (
    SELECT w.address_id, a.code, w.commune_code, w.position
    FROM walked w JOIN address a ON a.address_id = w.address_id
    WHERE a.code IS NOT NULL AND w.status = any(%(statuses)s::text[])
      AND w.position && (SELECT ST_SetSRID(ST_Extent(p.extent)::geometry, 4326) FROM plan p
                         WHERE p.plan_id = any(%(plan_ids)s::bigint[]))
    ORDER BY w.address_id LIMIT %(limit)s
), told AS (
    SELECT w.address_id, w.code, w.commune_code,
           coalesce(array_agg(DISTINCT z.code COLLATE "C")
                    FILTER (WHERE s.plan_id = any(%(before_ids)s::bigint[])), '{}') AS before,
           coalesce(array_agg(DISTINCT z.code COLLATE "C")
                    FILTER (WHERE s.plan_id = any(%(after_ids)s::bigint[])), '{}') AS after
    FROM place w
    -- plans apart: with them inside, all pieces of a plan would be gone through for each address
    CROSS JOIN LATERAL (SELECT p.plan_id, p.zone_id FROM planning_piece p
                        WHERE ST_Intersects(p.piece, w.position) OFFSET 0) AS s
    JOIN planning_zone z ON z.zone_id = s.zone_id
    WHERE s.plan_id = any(%(plan_ids)s::bigint[])
    GROUP BY w.address_id, w.code, w.commune_code
)
SELECT address_id, code, commune_code, before, after FROM told WHERE before <> after
UNION ALL
-- where the next ones begin; NULL: there are none
SELECT CASE (SELECT count(*) FROM place) WHEN %(limit)s THEN (SELECT max(address_id) FROM place)
       ELSE (SELECT max(address_id) FROM walked) END, NULL, NULL, NULL, NULL
ORDER BY code NULLS LAST;

-- leave_telling --
-- Followers are to be told what a plan changed; no row: that was left before.
-- Index: plan_telling_once.
INSERT INTO plan_telling (plan_id, act, before_ids, after_ids, effective_on, recorded_at)
VALUES (%(plan_id)s, %(act)s, %(before_ids)s, %(after_ids)s, %(effective_on)s, %(at)s)
ON CONFLICT (plan_id, act) DO NOTHING
RETURNING telling_id;

-- take_telling --
-- How far followers were told, held until the transaction ends; no row: another one tells them.
-- Index: plan_telling_pkey.
SELECT plan_id, act, before_ids, after_ids, effective_on, done_up_to, finished_at
FROM plan_telling WHERE telling_id = %(telling_id)s FOR UPDATE;

-- move_telling --
-- Addresses up to an id were looked at; finished_at NULL: there are more. Index: plan_telling_pkey.
UPDATE plan_telling
SET done_up_to = coalesce(%(done_up_to)s, done_up_to), told = told + %(told)s,
    finished_at = %(finished_at)s
WHERE telling_id = %(telling_id)s;

-- tellings --
-- How far followers were told about a plan. Index: plan_telling_once.
SELECT act, told, recorded_at, finished_at FROM plan_telling
WHERE plan_id = %(plan_id)s ORDER BY recorded_at;
