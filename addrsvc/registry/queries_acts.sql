-- act --
-- One act, the last of those that undid it or each other, and what kind it all began with.
-- Index: registry_act_pkey, registry_act_undoes_key.
WITH RECURSIVE undone AS (
    SELECT act_id, 0 AS step FROM registry_act WHERE undoes = %(act_id)s
    UNION ALL
    SELECT u.act_id, undone.step + 1 FROM registry_act u JOIN undone ON u.undoes = undone.act_id),
root AS (
    SELECT kind, undoes FROM registry_act WHERE act_id = %(act_id)s
    UNION ALL
    SELECT r.kind, r.undoes FROM registry_act r JOIN root ON r.act_id = root.undoes)
SELECT r.*, (SELECT act_id FROM undone ORDER BY step DESC LIMIT 1) AS undone_by,
       (SELECT kind FROM root WHERE undoes IS NULL) AS root_kind
FROM registry_act r WHERE r.act_id = %(act_id)s;

-- lock_act --
-- Hold an act: two cannot undo it at once. Alone, so that who waited reads what happened.
-- Index: registry_act_pkey.
SELECT act_id FROM registry_act WHERE act_id = %(act_id)s FOR UPDATE;

-- turn_act --
-- Undoing an act turns it, and all it undid in turn: in force is undone, undone in force again.
-- Index: registry_act_pkey.
WITH RECURSIVE chain AS (
    SELECT act_id, undoes FROM registry_act WHERE act_id = %(act_id)s
    UNION ALL
    SELECT r.act_id, r.undoes FROM registry_act r JOIN chain ON r.act_id = chain.undoes)
UPDATE registry_act r
SET status = CASE r.status WHEN 'undone' THEN 'done' ELSE 'undone' END
FROM chain WHERE r.act_id = chain.act_id;

-- identities_of_act --
-- The addresses an act wrote versions of. Index: address_version_act_idx.
SELECT DISTINCT address_id FROM address_version WHERE act_id = %(act_id)s ORDER BY address_id;

-- addresses_of_act --
-- A page of the same that may be seen, as they stand now, after %(after)s.
-- Index: address_version_act_idx.
SELECT c.address_id, a.code, c.status, max(v.version) AS version, c.version AS version_now
FROM address_version v
JOIN address_current c ON c.address_id = v.address_id
JOIN address a ON a.address_id = v.address_id
WHERE v.act_id = %(act_id)s AND v.address_id > %(after)s
  AND c.visibility = any(%(visibilities)s)
  AND (%(areas)s::text[] IS NULL OR c.commune_code = any(%(areas)s::text[]))
GROUP BY c.address_id, a.code
ORDER BY c.address_id
LIMIT %(limit)s;

-- descendants --
-- Living parts of some addresses, and theirs, outermost first. Index: address_current_parent_idx.
WITH RECURSIVE below AS (
    SELECT c.address_id, c.parent_id, c.version, 1 AS depth FROM address_current c
    WHERE c.parent_id = any(%(ids)s::bigint[]) AND c.status IN ('proposed', 'reserved', 'current')
    UNION ALL
    SELECT c.address_id, c.parent_id, c.version, b.depth + 1
    FROM address_current c JOIN below b ON c.parent_id = b.address_id
    WHERE b.depth < 8 AND c.status IN ('proposed', 'reserved', 'current'))
SELECT b.address_id, b.parent_id, v.document
FROM below b JOIN address_version v ON v.address_id = b.address_id AND v.version = b.version
    AND v.recorded_to IS NULL
ORDER BY b.depth, b.address_id;

-- ancestors --
-- What some addresses are parts of, themselves first, the outermost last.
-- Index: address_current_pkey.
WITH RECURSIVE above AS (
    SELECT c.address_id AS part, c.address_id, c.parent_id, c.version, 1 AS depth
    FROM address_current c WHERE c.address_id = any(%(ids)s::bigint[])
    UNION ALL
    SELECT a.part, c.address_id, c.parent_id, c.version, a.depth + 1
    FROM address_current c JOIN above a ON c.address_id = a.parent_id WHERE a.depth < 8)
SELECT a.part, a.address_id, v.document
FROM above a JOIN address_version v ON v.address_id = a.address_id AND v.version = a.version
    AND v.recorded_to IS NULL
ORDER BY a.part, a.depth;

-- parts_left --
-- Living parts of parents out of use, where either is one of some addresses.
-- Index: address_current_parent_idx, address_current_pkey.
SELECT c.address_id, coalesce(a.code, 'p' || a.address_id) AS ref, p.address_id AS parent_id,
       coalesce(b.code, 'p' || b.address_id) AS parent
FROM address_current c
JOIN address_current p ON p.address_id = c.parent_id
JOIN address a ON a.address_id = c.address_id
JOIN address b ON b.address_id = c.parent_id
WHERE (c.address_id = any(%(ids)s::bigint[]) OR c.parent_id = any(%(ids)s::bigint[]))
  AND c.status IN ('proposed', 'reserved', 'current') AND p.status IN ('retired', 'rejected')
ORDER BY c.address_id;

-- links_to_withdrawn --
-- Addresses that name one of some, which never was, as what took their place.
-- Index: address_successor_successor_idx.
SELECT a.code AS code, coalesce(b.code, 'p' || b.address_id) AS predecessor
FROM address_successor r
JOIN address_current c ON c.address_id = r.successor_id AND c.status = 'rejected'
JOIN address a ON a.address_id = r.successor_id
JOIN address b ON b.address_id = r.address_id
WHERE r.successor_id = any(%(ids)s::bigint[]) AND r.withdrawn_at IS NULL
ORDER BY a.code LIMIT 1;

-- withdraw_successors --
-- Undo: links an act made at a moment are said no longer. Index: address_successor_key.
UPDATE address_successor SET withdrawn_at = %(at)s
WHERE address_id = any(%(ids)s::bigint[]) AND recorded_at = %(written_at)s
  AND withdrawn_at IS NULL;

-- renew_successors --
-- Undo of an undo: links withdrawn at a moment are said again. Index: address_successor_key.
INSERT INTO address_successor (address_id, successor_id, relation, recorded_at, act_id)
SELECT address_id, successor_id, relation, %(at)s, %(act_id)s
FROM address_successor
WHERE address_id = any(%(ids)s::bigint[]) AND withdrawn_at = %(written_at)s
  AND recorded_at < %(written_at)s;

-- withdraw_aliases --
-- Undo: identifiers an act added at a moment no longer count, nor those it gave to what was kept
-- in place of a duplicate. Index: address_alias_address_idx, address_successor_key.
UPDATE address_alias SET withdrawn_at = %(at)s
WHERE address_id = any(%(ids)s::bigint[] || ARRAY(
          SELECT successor_id FROM address_successor
          WHERE address_id = any(%(ids)s::bigint[]) AND relation = 'duplicate'))
  AND recorded_at = %(written_at)s AND withdrawn_at IS NULL;

-- renew_aliases --
-- Undo of an undo: identifiers withdrawn at a moment count again. Index:
-- address_alias_address_idx, address_successor_key.
UPDATE address_alias SET withdrawn_at = NULL
WHERE address_id = any(%(ids)s::bigint[] || ARRAY(
          SELECT successor_id FROM address_successor
          WHERE address_id = any(%(ids)s::bigint[]) AND relation = 'duplicate'))
  AND withdrawn_at = %(written_at)s;
