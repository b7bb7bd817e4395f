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
