-- find_plan --
-- One plan. Index: plan_pkey.
SELECT * FROM plan_told WHERE plan_id = %(plan_id)s;

-- lock_plan --
-- Hold a plan until the transaction ends, then read it with find_plan. Index: plan_pkey.
SELECT plan_id FROM plan WHERE plan_id = %(plan_id)s AND discarded_at IS NULL FOR UPDATE;

-- list_plans --
-- Plans, the newest first, behind plan_id before; NULL filters: any. Drafts: with_drafts, and then
-- those whose communes all lie in areas (NULL: everywhere) or, without zones, of principal.
-- commune: code of a present one; day: legal day on which it holds; box: EPSG:4326 degrees.
-- Index: plan_pkey; plan_extent_idx with a box.
SELECT * FROM plan_told
WHERE (%(before)s::bigint IS NULL OR plan_id < %(before)s)
  AND (%(status)s::text IS NULL OR status = %(status)s)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(level)s::text IS NULL OR level = %(level)s)
  AND (%(commune)s::text IS NULL OR %(commune)s = ANY (communes))
  AND (%(day)s::date IS NULL
       OR valid_from <= %(day)s AND (valid_to IS NULL OR %(day)s < valid_to))
  AND (%(west)s::float8 IS NULL
       OR extent && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
  AND (status <> 'draft' OR %(with_drafts)s AND (
       %(areas)s::text[] IS NULL OR communes <> '{}' AND communes <@ %(areas)s
       OR communes = '{}' AND created_by = %(principal)s))
ORDER BY plan_id DESC
LIMIT %(limit)s;

-- lock_plans --
-- Hold plans until the transaction ends, always in one order. Index: plan_pkey.
SELECT plan_id FROM plan WHERE plan_id = ANY (%(plan_ids)s) AND discarded_at IS NULL
ORDER BY plan_id FOR UPDATE;

-- insert_plan --
-- A new draft.
INSERT INTO plan (version, status, name, kind, level, issuer, decision_number, decision_date,
                  scale, period_from, period_to, code_list, is_synthetic, note, created_at,
                  created_by, changed_at, changed_by)
VALUES (1, 'draft', %(name)s, %(kind)s, %(level)s, %(issuer)s, %(decision_number)s,
        %(decision_date)s, %(scale)s, %(period_from)s, %(period_to)s, %(code_list)s,
        %(is_synthetic)s, %(note)s, %(at)s, %(by)s, %(at)s, %(by)s)
RETURNING plan_id;

-- describe_plan --
-- What is said of a draft. Index: plan_pkey.
UPDATE plan
SET version = version + 1, name = %(name)s, kind = %(kind)s, level = %(level)s,
    issuer = %(issuer)s, decision_number = %(decision_number)s,
    decision_date = %(decision_date)s, scale = %(scale)s, period_from = %(period_from)s,
    period_to = %(period_to)s, code_list = %(code_list)s, is_synthetic = %(is_synthetic)s,
    note = %(note)s, changed_at = %(at)s, changed_by = %(by)s
WHERE plan_id = %(plan_id)s;

-- publish_plan --
-- Let a draft hold from a legal day on. Index: plan_pkey.
UPDATE plan
SET version = version + 1, status = 'published', valid_from = %(day)s, published_at = %(at)s,
    changed_at = %(at)s, changed_by = %(by)s
WHERE plan_id = %(plan_id)s;

-- end_plan --
-- Let a published plan hold no more from a legal day on; status: superseded or withdrawn.
-- Index: plan_pkey.
UPDATE plan
SET version = version + 1, status = %(status)s, valid_to = %(day)s, changed_at = %(at)s,
    changed_by = %(by)s
WHERE plan_id = %(plan_id)s;

-- discard_plan --
-- Take a draft out of sight; its zones go later (forget_zones). Index: plan_pkey.
UPDATE plan
SET version = version + 1, discarded_at = %(at)s, changed_at = %(at)s, changed_by = %(by)s
WHERE plan_id = %(plan_id)s
RETURNING version;

-- insert_replacement --
-- Which plan took the place of which.
INSERT INTO plan_replacement (plan_id, replaced_id, recorded_at)
VALUES (%(plan_id)s, %(replaced_id)s, %(at)s);

-- insert_history --
-- An act, under the version it made.
INSERT INTO plan_history (plan_id, version, act, status, principal, reason, recorded_at, document)
VALUES (%(plan_id)s, %(version)s, %(act)s, %(status)s, %(principal)s, %(reason)s, %(at)s,
        %(document)s);

-- list_history --
-- Acts on a plan, in order. Index: plan_history_pkey.
SELECT version, act, status, principal, reason, recorded_at, document
FROM plan_history WHERE plan_id = %(plan_id)s ORDER BY version;

-- discarded_plan --
-- Who began a draft that was discarded. Index: plan_pkey.
SELECT created_by FROM plan WHERE plan_id = %(plan_id)s AND discarded_at IS NOT NULL;

-- storing_file --
-- The file of a plan whose zones are being stored. Index: plan_file_plan_idx.
SELECT file_id FROM plan_file WHERE plan_id = %(plan_id)s AND state = 'storing' LIMIT 1;

-- plans_alongside --
-- Published plans of one kind and level that lie in some communes and hold on a legal day or
-- later, besides some. Index: plan_status_idx.
SELECT * FROM plan_told
WHERE status = 'published' AND kind = %(kind)s AND level = %(level)s
  AND communes && %(communes)s::text[] AND plan_id <> ALL (%(except)s)
  AND (valid_to IS NULL OR %(day)s::date < valid_to)
ORDER BY plan_id DESC
LIMIT %(limit)s;

-- list_zones --
-- Zones of a plan in the order of its file, behind n after: so many, or fewer where they have more
-- than most_vertices together, but one at least. Index: planning_zone_once.
SELECT n, code, label, attributes, area_m2, ST_AsBinary(shape) AS wkb
FROM (
    SELECT page.*, sum(ST_NPoints(shape)) OVER (ORDER BY n) AS so_far, row_number() OVER (ORDER BY n)
        AS place
    FROM (
        SELECT n, code, label, attributes, area_m2, shape
        FROM planning_zone WHERE plan_id = %(plan_id)s AND n > %(after)s
        ORDER BY n
        LIMIT %(limit)s) AS page) AS counted
WHERE so_far <= %(most_vertices)s OR place = 1
ORDER BY n;

-- zone_behind --
-- Whether there is a zone behind n after. Index: planning_zone_once.
SELECT n FROM planning_zone WHERE plan_id = %(plan_id)s AND n > %(after)s LIMIT 1;
