-- take_state --
-- How fresh the counts are; is_mine false: somebody else is counting. A lock of a row would be a
-- write, and followers of the feed wait for who has written. Index: coverage_state_pkey.
SELECT counted_at, event_number, audit_number,
       pg_try_advisory_xact_lock(hashtextextended('coverage_count', 0)) AS is_mine
FROM coverage_state WHERE is_one;

-- set_state --
-- Index: coverage_state_pkey.
UPDATE coverage_state SET counted_at = %(at)s::timestamptz,
       event_number = %(event_number)s::bigint, audit_number = %(audit_number)s::bigint
WHERE is_one;

-- state --
-- How fresh the counts are. Index: coverage_state_pkey.
SELECT counted_at, event_number FROM coverage_state WHERE is_one;

-- count_all --
-- Count all addresses, in one snapshot, and write what differs from what stands there.
-- Verified: in use, and the position was taken in one of the ways at_place (text[]). Households:
-- of kinds lived_in (text[]), but for those that have parts of such a kind in use, which are
-- counted instead. Days are legal days of the register's clock. marked_…: arrays of equal length,
-- what was marked per commune and visibility. Reads whole tables: for the worker alone. Nothing is
-- written, not even a lock, before all is counted; what did not change is left alone.
WITH said AS (
    SELECT address_id,
           bool_or(recorded_to IS NULL AND status = 'current' AND is_at_place) AS is_verified,
           min(recorded_from) FILTER (WHERE status = 'current' AND is_at_place) AS verified_at,
           coalesce(
               max(recorded_from) FILTER (WHERE status = 'retired' AND act IN (
                   'retire', 'merge', 'split', 'replace', 'duplicate')),
               min(recorded_from) FILTER (WHERE status = 'retired')) AS retired_at
    FROM (SELECT *, coalesce(document -> 'position' ->> 3 = any(%(at_place)s::text[]), false)
                     AS is_at_place
          FROM address_version WHERE valid_to IS NULL) v
    GROUP BY address_id
), divided AS (
    SELECT DISTINCT parent_id FROM address_current
    WHERE parent_id IS NOT NULL AND status = 'current' AND kind = any(%(lived_in)s::text[])
), alike AS MATERIALIZED (
    SELECT c.commune_code COLLATE "C" AS commune_code, c.visibility COLLATE "C" AS visibility,
           c.status,
           c.kind = any(%(lived_in)s::text[]) AND d.parent_id IS NULL AS is_household,
           c.position IS NOT NULL AS is_positioned, s.is_verified,
           (a.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS made_on,
           (s.verified_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS verified_on,
           CASE WHEN c.status = 'retired'
                THEN (s.retired_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END AS retired_on,
           count(*) AS n
    FROM address_current c
    JOIN address a USING (address_id)
    LEFT JOIN said s USING (address_id)
    LEFT JOIN divided d ON d.parent_id = c.address_id
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), marked AS (
    SELECT * FROM unnest(%(marked_communes)s::text[], %(marked_visibilities)s::text[],
                         %(marked_notified)s::integer[], %(marked_fixed)s::integer[])
        AS m (commune_code, visibility, notified, plate_fixed)
), counted AS MATERIALIZED (
    SELECT g.*, coalesce(m.notified, 0) AS notified, coalesce(m.plate_fixed, 0) AS plate_fixed
    FROM (SELECT commune_code, visibility,
                 coalesce(sum(n) FILTER (WHERE status = 'current'), 0) AS in_use,
                 coalesce(sum(n) FILTER (WHERE status = 'current' AND is_household), 0)
                     AS households,
                 coalesce(sum(n) FILTER (WHERE status = 'current' AND is_positioned), 0)
                     AS positioned,
                 coalesce(sum(n) FILTER (WHERE is_verified), 0) AS verified,
                 coalesce(sum(n) FILTER (WHERE status = 'proposed'), 0) AS proposed,
                 coalesce(sum(n) FILTER (WHERE status = 'reserved'), 0) AS reserved,
                 coalesce(sum(n) FILTER (WHERE status = 'retired'), 0) AS retired
          FROM alike GROUP BY 1, 2) g
    LEFT JOIN marked m USING (commune_code, visibility)
), grown AS MATERIALIZED (
    SELECT day, commune_code, visibility,
           sum(made) AS made, sum(verified) AS verified, sum(retired) AS retired
    FROM (
        SELECT made_on AS day, commune_code, visibility, n AS made, 0 AS verified, 0 AS retired
        FROM alike WHERE status <> 'rejected'
        UNION ALL
        SELECT verified_on, commune_code, visibility, 0, n, 0
        FROM alike WHERE status <> 'rejected' AND verified_on IS NOT NULL
        UNION ALL
        SELECT retired_on, commune_code, visibility, 0, 0, n
        FROM alike WHERE retired_on IS NOT NULL) AS happened
    GROUP BY 1, 2, 3
), counts_gone AS (
    DELETE FROM coverage_count o WHERE NOT EXISTS (
        SELECT FROM counted f
        WHERE (f.commune_code, f.visibility) = (o.commune_code, o.visibility))
), counts_put AS (
    INSERT INTO coverage_count AS o
        (commune_code, visibility, in_use, households, positioned, verified, proposed, reserved,
         retired, notified, plate_fixed)
    SELECT commune_code, visibility, in_use, households, positioned, verified, proposed, reserved,
           retired, notified, plate_fixed FROM counted f
    WHERE NOT EXISTS (
        SELECT FROM coverage_count k
        WHERE (k.commune_code, k.visibility, k.in_use, k.households, k.positioned, k.verified,
               k.proposed, k.reserved, k.retired, k.notified, k.plate_fixed)
            = (f.commune_code, f.visibility, f.in_use, f.households, f.positioned, f.verified,
               f.proposed, f.reserved, f.retired, f.notified, f.plate_fixed))
    ON CONFLICT (commune_code, visibility) DO UPDATE SET
        (in_use, households, positioned, verified, proposed, reserved, retired, notified,
         plate_fixed)
        = (excluded.in_use, excluded.households, excluded.positioned, excluded.verified,
           excluded.proposed, excluded.reserved, excluded.retired, excluded.notified,
           excluded.plate_fixed)
), growth_gone AS (
    DELETE FROM coverage_growth o WHERE NOT EXISTS (
        SELECT FROM grown f
        WHERE (f.day, f.commune_code, f.visibility) = (o.day, o.commune_code, o.visibility))
)
INSERT INTO coverage_growth AS o (day, commune_code, visibility, made, verified, retired)
SELECT day, commune_code, visibility, made, verified, retired FROM grown f
WHERE NOT EXISTS (
    SELECT FROM coverage_growth k
    WHERE (k.day, k.commune_code, k.visibility, k.made, k.verified, k.retired)
        = (f.day, f.commune_code, f.visibility, f.made, f.verified, f.retired))
ON CONFLICT (day, commune_code, visibility) DO UPDATE SET
    (made, verified, retired) = (excluded.made, excluded.verified, excluded.retired);

-- counts --
-- Addresses by present commune; some visibilities, some communes (text[], NULL: all).
-- Index: coverage_count_pkey; else all rows, at most three a commune.
SELECT commune_code, sum(in_use)::integer AS in_use, sum(households)::integer AS households,
       sum(positioned)::integer AS positioned, sum(verified)::integer AS verified,
       sum(proposed)::integer AS proposed, sum(reserved)::integer AS reserved,
       sum(retired)::integer AS retired, sum(notified)::integer AS notified,
       sum(plate_fixed)::integer AS plate_fixed
FROM coverage_count
WHERE visibility = any(%(visibilities)s::text[])
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
GROUP BY commune_code ORDER BY commune_code;

-- growth --
-- What became of addresses from … to (legal days, both included), by period: day, week (from its
-- Monday) or month (from its first day), all as days; every period there is, with none as 0. Some
-- visibilities, some communes (areas: text[], NULL: all; commune: one of them).
-- Index: coverage_growth_pkey; with one commune coverage_growth_commune_idx.
SELECT p.first_day::date AS first_day, coalesce(g.made, 0) AS made,
       coalesce(g.verified, 0) AS verified, coalesce(g.retired, 0) AS retired
FROM generate_series(date_trunc(%(by)s::text, %(from)s::date::timestamp), %(to)s::date::timestamp,
                     ('1 ' || %(by)s::text)::interval) AS p (first_day)
LEFT JOIN (
    SELECT date_trunc(%(by)s::text, day::timestamp) AS first_day, sum(made)::integer AS made,
           sum(verified)::integer AS verified, sum(retired)::integer AS retired
    FROM coverage_growth
    WHERE day BETWEEN %(from)s::date AND %(to)s::date
      AND visibility = any(%(visibilities)s::text[])
      AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
      AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
    GROUP BY 1) g USING (first_day)
ORDER BY 1;

-- expected --
-- The number that holds for each commune in force; some communes (text[], NULL: all).
-- Index: coverage_expected_commune_idx, admin_unit_pkey.
SELECT DISTINCT ON (e.commune_code) e.commune_code, e.households, e.as_of, e.source,
       e.recorded_at, e.recorded_by
FROM coverage_expected e
JOIN admin_unit u ON (u.code, u.valid_from) = (e.commune_code, e.commune_valid_from)
WHERE u.valid_to IS NULL
  AND (%(communes)s::text[] IS NULL OR e.commune_code = any(%(communes)s::text[]))
ORDER BY e.commune_code, e.as_of DESC, e.expected_id DESC;

-- expected_history --
-- Every number ever given for a commune and those that had its code, the one that holds first.
-- Index: coverage_expected_commune_idx.
SELECT e.commune_code, e.households, e.as_of, e.source, e.recorded_at, e.recorded_by
FROM coverage_expected e
WHERE e.commune_code = %(commune)s::text
ORDER BY e.as_of DESC, e.expected_id DESC;

-- lock_expected --
-- One writes numbers at a time, readers do not wait.
SELECT pg_advisory_xact_lock(hashtextextended('coverage_expected', 0));

-- last_said --
-- What was said last of communes as of a day. Index: coverage_expected_commune_idx.
SELECT DISTINCT ON (e.commune_code) e.commune_code, e.households, e.source
FROM coverage_expected e
WHERE e.commune_code = any(%(communes)s::text[]) AND e.as_of = %(as_of)s::date
ORDER BY e.commune_code, e.expected_id DESC;

-- add_expected --
-- Keep numbers; arrays of equal length.
INSERT INTO coverage_expected (commune_code, commune_valid_from, households, as_of, source,
                               recorded_at, recorded_by)
SELECT w.code, w.valid_from, w.households, %(as_of)s::date, %(source)s::text,
       %(at)s::timestamptz, %(by)s::text
FROM unnest(%(codes)s::text[], %(valid_froms)s::date[], %(households)s::integer[])
     WITH ORDINALITY AS w (code, valid_from, households, n)
ORDER BY w.n;

-- units --
-- Every unit that ever had one of some codes (text[]), oldest first. Index: admin_unit_pkey.
SELECT code, level, full_name, name, valid_from, valid_to FROM admin_unit
WHERE code = any(%(codes)s::text[]) ORDER BY code, valid_from;
