-- follower --
-- How far the changes of addresses have been looked at; takes no lock.
SELECT event_number, settled_number, noted_number, noted_at,
       pg_snapshot_xmin(pg_current_snapshot()) >= noted_xid AS is_settled
FROM personal.dossier_follower;

-- take_follower --
-- The same, held until the transaction ends; no row: another follower is at work.
SELECT event_number, link_id, settled_number, noted_number, noted_at,
       pg_snapshot_xmin(pg_current_snapshot()) >= noted_xid AS is_settled
FROM personal.dossier_follower FOR UPDATE SKIP LOCKED;

-- move_follower --
-- All links of the events up to a number were looked at, and of the next event up to link_id.
UPDATE personal.dossier_follower SET event_number = %(number)s, link_id = %(link_id)s;

-- note_follower --
-- Remember which transactions run by now: links they wrote are looked for once they have ended.
UPDATE personal.dossier_follower
SET noted_number = event_number, noted_at = %(at)s,
    noted_xid = pg_snapshot_xmax(pg_current_snapshot());

-- settle_follower --
-- Late links of the events up to a number were looked for.
UPDATE personal.dossier_follower
SET settled_number = %(number)s,
    noted_number = CASE WHEN noted_number > %(number)s THEN noted_number END,
    noted_at = CASE WHEN noted_number > %(number)s THEN noted_at END,
    noted_xid = CASE WHEN noted_number > %(number)s THEN noted_xid END;

-- happened --
-- What events (bigint[]) say of addresses (code: text[], version written: integer[]) that dossiers
-- are linked to, or were until something took their place: what is said since, what was said
-- before, and back to which version an undo goes. Rows opened before: dossiers.
-- Index: address_code_key, address_version_pkey, dossier_link_address_idx,
-- dossier_proposal_address_idx, address_successor_successor_idx.
SELECT g.number, i.address_id, i.code, v.version, v.act, v.act_id, v.status, v.document,
       was.status AS was_status, was.document AS was_document,
       CASE WHEN v.act = 'undo' THEN coalesce((
           SELECT max(o.version) FROM public.address_version o
           WHERE o.address_id = v.address_id AND o.version < v.version AND o.valid_to IS NULL
             AND o.status = v.status AND o.document = v.document), 0) END AS back_to,
       CASE WHEN v.act = 'undo' THEN ARRAY(
           SELECT b.code FROM public.address_successor s
           JOIN public.address b ON b.address_id = s.address_id
           WHERE s.successor_id = v.address_id AND s.withdrawn_at IS NOT NULL AND b.code IS NOT NULL
           ORDER BY b.code) ELSE '{}' END AS predecessors
FROM unnest(%(numbers)s::bigint[], %(codes)s::text[], %(versions)s::integer[])
     AS g (number, code, version)
JOIN public.address i ON i.code = g.code
JOIN public.address_version v ON v.address_id = i.address_id AND v.version = g.version
CROSS JOIN LATERAL (
    SELECT o.status, o.document FROM public.address_version o
    WHERE o.address_id = v.address_id AND o.version < v.version AND o.valid_to IS NULL
    ORDER BY o.version DESC LIMIT 1) AS was
WHERE EXISTS (SELECT FROM personal.dossier_link l
              WHERE l.address_id = i.address_id AND l.valid_to IS NULL)
   OR EXISTS (SELECT FROM personal.dossier_proposal p WHERE p.address_id = i.address_id)
ORDER BY g.number;

-- replanned --
-- Addresses (codes: text[]) of which events (bigint[]) say that something else is planned, where
-- dossiers are linked to them, or were proposed to. Rows opened before: dossiers.
-- Index: address_code_key, dossier_link_address_idx, dossier_proposal_address_idx.
SELECT g.number, i.address_id
FROM unnest(%(numbers)s::bigint[], %(codes)s::text[]) AS g (number, code)
JOIN public.address i ON i.code = g.code
WHERE EXISTS (SELECT FROM personal.dossier_link l
              WHERE l.address_id = i.address_id AND l.valid_to IS NULL)
   OR EXISTS (SELECT FROM personal.dossier_proposal p WHERE p.address_id = i.address_id);

-- concerned --
-- Links that events (numbers, address_ids: bigint[]) concern, in order of event and link, behind
-- link_id of event ``first``: open links of the address, or (to_former: boolean[]) those made when
-- something was accepted in its place after version back_to (integer[]). No proposal of the event
-- may be there for it, nor one that the undo made obsolete, or the withdrawal of plan_ids
-- (bigint[], NULL: none was withdrawn). ``made_by``, ``judged_by`` (NULL: now):
-- only links that people made, or the service made, until then. Rows opened before: dossiers.
-- Index: dossier_link_address_idx, dossier_proposal_address_idx, dossier_proposal_once.
SELECT g.number, l.link_id, l.dossier_id, l.n
FROM unnest(%(numbers)s::bigint[], %(address_ids)s::bigint[], %(to_former)s::boolean[],
            %(back_to)s::integer[], %(plan_ids)s::bigint[])
     AS g (number, address_id, to_former, back_to, plan_id)
CROSS JOIN LATERAL (
    SELECT o.link_id, o.dossier_id, o.n, o.how, o.valid_from FROM personal.dossier_link o
    WHERE NOT g.to_former AND o.address_id = g.address_id AND o.valid_to IS NULL
      AND NOT EXISTS (SELECT FROM personal.dossier_proposal u
                      -- not equality, here and below: an index of addresses or events would be
                      -- taken, and a house has thousands of proposals
                      WHERE u.dossier_id = o.dossier_id AND u.n = o.n AND u.link_id = o.link_id
                        AND u.address_id IS NOT DISTINCT FROM g.address_id
                        AND (u.version > g.back_to OR u.plan_id = g.plan_id)
                        AND u.event_number < g.number AND u.state = 'obsolete')
    UNION ALL
    SELECT o.link_id, o.dossier_id, o.n, o.how, o.valid_from FROM personal.dossier_proposal p
    JOIN personal.dossier_link o ON o.link_id = p.made_link_id
    WHERE g.to_former AND p.address_id = g.address_id AND p.state = 'accepted'
      AND p.version > g.back_to AND p.event_number < g.number
      AND o.address_id <> g.address_id AND o.valid_to IS NULL) AS l
WHERE (g.number > %(first)s OR l.link_id > %(link_id)s)
  AND (%(made_by)s::timestamptz IS NULL
       OR l.valid_from <= CASE WHEN l.how IN ('found', 'corrected')
                               THEN %(judged_by)s::timestamptz ELSE %(made_by)s::timestamptz END)
  AND NOT EXISTS (SELECT FROM personal.dossier_proposal p
                  WHERE p.dossier_id = l.dossier_id AND p.n = l.n
                    AND p.event_number IS NOT DISTINCT FROM g.number)
ORDER BY g.number, l.link_id LIMIT %(limit)s;

-- hold_links --
-- Which of some links (bigint[]) nobody is ending, held until the transaction ends: who decides
-- on one meanwhile waits, and finds the proposal. Rows opened before: dossiers.
-- Index: dossier_link_pkey.
SELECT link_id FROM personal.dossier_link
WHERE link_id = any(%(link_ids)s::bigint[]) AND valid_to IS NULL
ORDER BY link_id FOR SHARE SKIP LOCKED;

-- propose --
-- Proposals about links, with what each follows from; arrays of equal length, candidates with
-- commas between. Rows opened before: dossiers. Index: dossier_proposal_once.
INSERT INTO personal.dossier_proposal (link_id, dossier_id, n, why, event_number, address_id, version,
                                       act_id, plan_id, candidates, state, created_at)
SELECT link_id, dossier_id, n, why, number, address_id, version, act_id, plan_id,
       coalesce(string_to_array(nullif(candidates, ''), ','), '{}'), 'open', %(at)s
FROM unnest(%(link_ids)s::bigint[], %(dossier_ids)s::bigint[], %(ns)s::smallint[],
            %(whys)s::text[], %(numbers)s::bigint[], %(address_ids)s::bigint[],
            %(versions)s::integer[], %(act_ids)s::bigint[], %(plan_ids)s::bigint[],
            %(candidates)s::text[])
     AS g (link_id, dossier_id, n, why, number, address_id, version, act_id, plan_id, candidates)
ON CONFLICT (dossier_id, n, event_number) DO NOTHING
RETURNING proposal_id, dossier_id, n, why;

-- supersede --
-- Earlier proposals to link something else about links (bigint[]) for which an event (bigint[])
-- says anew what that is, but for those somebody decides on right now. Rows opened before: dossiers.
-- Index: dossier_proposal_link_idx.
UPDATE personal.dossier_proposal
SET state = 'obsolete', decided_at = %(at)s, decided_by = %(by)s
WHERE proposal_id IN (
    SELECT p.proposal_id
    FROM unnest(%(link_ids)s::bigint[], %(numbers)s::bigint[]) AS g (link_id, number)
    JOIN personal.dossier_proposal p ON p.link_id = g.link_id AND p.state = 'open'
    WHERE p.event_number < g.number AND p.why <> all(%(acknowledged)s::text[])
    FOR UPDATE OF p SKIP LOCKED);

-- take_back --
-- Proposals of changes of addresses (bigint[]) after versions (integer[]), or of plans (bigint[]),
-- which events (bigint[]) took back, but for those somebody decides on right now. Rows opened before: dossiers.
-- Index: dossier_proposal_address_idx.
UPDATE personal.dossier_proposal
SET state = 'obsolete', decided_at = %(at)s, decided_by = %(by)s
WHERE proposal_id IN (
    SELECT p.proposal_id
    FROM unnest(%(address_ids)s::bigint[], %(back_to)s::integer[], %(plan_ids)s::bigint[],
                %(numbers)s::bigint[]) AS g (address_id, back_to, plan_id, number)
    JOIN personal.dossier_proposal p ON p.address_id = g.address_id AND p.state = 'open'
    WHERE (p.version > g.back_to OR p.plan_id = g.plan_id) AND p.event_number < g.number
    FOR UPDATE OF p SKIP LOCKED);

-- tell_of --
-- Keys of dossiers (ids: bigint[]), and the communes each may lie in. Rows opened before: dossiers.
-- Index: dossier_pkey, dossier_reach_dossier_idx.
SELECT d.dossier_id, d.code_key,
       ARRAY(SELECT DISTINCT r.commune_code FROM personal.dossier_reach r
             WHERE r.dossier_id = d.dossier_id ORDER BY 1) AS communes
FROM personal.dossier d WHERE d.dossier_id = any(%(ids)s::bigint[]);

-- list_proposals --
-- Proposals with what they are about; conditions follow. Rows opened before: dossiers.
-- Index: dossier_proposal_pkey, dossier_proposal_open_idx, dossier_proposal_act_idx,
-- dossier_proposal_event_idx, dossier_proposal_address_idx, dossier_proposal_plan_idx,
-- dossier_proposal_once.
SELECT p.proposal_id, d.code AS dossier, d.code_key AS key, p.dossier_id, p.n, a.role, p.why, p.event_number, p.act_id,
       p.plan_id, i.code, p.candidates AS stored, p.state, p.created_at, p.decided_at, p.decided_by, p.chosen,
       p.link_id
FROM personal.dossier_proposal p
JOIN personal.dossier d ON d.dossier_id = p.dossier_id
JOIN personal.dossier_address a ON a.dossier_id = p.dossier_id AND a.n = p.n
JOIN public.address i ON i.address_id = p.address_id
WHERE p.proposal_id > %(after)s;

-- link_end --
-- How the link of a proposal ended; NULLs: it stands. Rows opened before: dossiers.
-- Index: dossier_proposal_pkey, dossier_link_pkey.
SELECT l.valid_to AS at, l.ended_by AS by, l.why_ended AS what
FROM personal.dossier_proposal p JOIN personal.dossier_link l ON l.link_id = p.link_id
WHERE p.proposal_id = %(id)s;

-- lock_open --
-- Which of some proposals (ids: bigint[]) are still open, locked.
-- Rows opened before: dossiers. Index: dossier_proposal_pkey, dossier_link_pkey.
SELECT p.proposal_id
FROM personal.dossier_proposal p JOIN personal.dossier_link l ON l.link_id = p.link_id
WHERE p.proposal_id = any(%(ids)s::bigint[]) AND p.state = 'open' AND l.valid_to IS NULL
ORDER BY p.proposal_id FOR UPDATE OF p;

-- close_proposals --
-- What was decided about proposals (ids: bigint[]) and what was chosen (text[], NULL: nothing).
-- Rows opened before: dossiers. Index: dossier_proposal_pkey.
UPDATE personal.dossier_proposal p
SET state = %(state)s, decided_at = %(at)s, decided_by = %(principal)s, chosen = g.code
FROM unnest(%(ids)s::bigint[], %(codes)s::text[]) AS g (id, code)
WHERE p.proposal_id = g.id;

-- reopen_proposal --
-- A decision taken back; the link it is about may be a new one. Rows opened before: dossiers.
-- Index: dossier_proposal_pkey, dossier_link_open_key.
UPDATE personal.dossier_proposal p
SET state = 'open', decided_at = NULL, decided_by = NULL, chosen = NULL, made_link_id = NULL,
    link_id = l.link_id
FROM personal.dossier_link l
WHERE p.proposal_id = %(id)s AND l.dossier_id = p.dossier_id AND l.n = p.n AND l.valid_to IS NULL;

-- note_made_link --
-- The link there is now was made by accepting a proposal. Rows opened before: dossiers.
-- Index: dossier_proposal_pkey, dossier_link_open_key.
UPDATE personal.dossier_proposal p SET made_link_id = l.link_id
FROM personal.dossier_link l
WHERE p.proposal_id = %(id)s AND l.dossier_id = p.dossier_id AND l.n = p.n AND l.valid_to IS NULL;

-- still_stands --
-- Whether what a decided proposal led to stands: its own link is open, or the last decision about
-- the address is the one that ended it. Rows opened before: dossiers.
-- Index: dossier_proposal_pkey, dossier_link_pkey, dossier_decision_address_idx.
SELECT l.valid_to IS NULL OR p.link_id = (
           SELECT x.link_before FROM personal.dossier_decision x
           WHERE x.dossier_id = p.dossier_id AND x.n = p.n AND x.undone_at IS NULL
           ORDER BY x.decision_id DESC LIMIT 1) AS stands,
       l.valid_to IS NULL AS is_linked
FROM personal.dossier_proposal p JOIN personal.dossier_link l ON l.link_id = p.link_id
WHERE p.proposal_id = %(id)s;

-- note_decisions --
-- What is decided by accepting proposals (ids: bigint[]), and what was so before.
-- Rows opened before: dossiers. Index: dossier_proposal_pkey, dossier_address_pkey.
INSERT INTO personal.dossier_decision (dossier_id, n, what, decided_by, decided_at, state_before,
                                       link_before)
SELECT p.dossier_id, p.n, 'chosen', %(principal)s, %(at)s, a.state, p.link_id
FROM personal.dossier_proposal p
JOIN personal.dossier_address a ON a.dossier_id = p.dossier_id AND a.n = p.n
WHERE p.proposal_id = any(%(ids)s::bigint[]);

-- decide_addresses --
-- The addresses of proposals (ids: bigint[]) are linked by a person now.
-- Rows opened before: dossiers. Index: dossier_proposal_pkey, dossier_address_pkey.
UPDATE personal.dossier_address a
SET state = 'linked', decision = 'chosen', decided_by = %(principal)s, decided_at = %(at)s
FROM personal.dossier_proposal p
WHERE p.proposal_id = any(%(ids)s::bigint[]) AND a.dossier_id = p.dossier_id AND a.n = p.n;

-- end_links --
-- End the links proposals (ids: bigint[]) are about. Rows opened before: dossiers.
-- Index: dossier_proposal_pkey, dossier_link_pkey.
UPDATE personal.dossier_link l
SET valid_to = %(at)s, ended_by = %(principal)s, why_ended = 'chosen'
FROM personal.dossier_proposal p
WHERE p.proposal_id = any(%(ids)s::bigint[]) AND l.link_id = p.link_id AND l.valid_to IS NULL;

-- make_links --
-- Link what proposals (ids: bigint[]) chose. Rows opened before: dossiers.
-- Index: dossier_proposal_pkey, address_code_key.
WITH made AS (
    INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by)
    SELECT p.dossier_id, p.n, i.address_id, 'chosen', %(at)s, %(principal)s
    FROM personal.dossier_proposal p JOIN public.address i ON i.code = p.chosen
    WHERE p.proposal_id = any(%(ids)s::bigint[])
    RETURNING link_id, dossier_id, n)
UPDATE personal.dossier_proposal p SET made_link_id = made.link_id
FROM made
WHERE p.proposal_id = any(%(ids)s::bigint[]) AND p.dossier_id = made.dossier_id AND p.n = made.n;

-- touch_dossiers --
-- One version more of dossiers (ids: bigint[]). Rows opened before: dossiers. Index: dossier_pkey.
UPDATE personal.dossier SET version = version + 1, changed_at = %(at)s, changed_by = %(principal)s
WHERE dossier_id = any(%(ids)s::bigint[]);

-- count_linked --
-- Dossiers linked to addresses (ids: bigint[]) that lie in communes (text[]) side by side: all, and
-- by commune; and the links of the address. Rows opened before: dossiers.
-- Index: dossier_link_address_idx.
SELECT g.commune, count(DISTINCT l.dossier_id) AS dossiers, count(*) AS links
FROM unnest(%(ids)s::bigint[], %(communes)s::text[]) AS g (address_id, commune)
JOIN personal.dossier_link l ON l.address_id = g.address_id AND l.valid_to IS NULL
GROUP BY GROUPING SETS ((g.commune), ());
