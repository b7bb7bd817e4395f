-- take_state --
-- Hold what says how fresh the counts are; no row: somebody else is counting.
-- Index: dossier_count_state_pkey.
SELECT counted_at FROM public.dossier_count_state WHERE is_one FOR UPDATE SKIP LOCKED;

-- take_due --
-- Take away what changed since the last count and give its days, as text since one is -infinity.
-- Rows opened before: dossiers. Index: dossier_pkey; all rows of dossier_count_due once.
WITH taken AS (DELETE FROM personal.dossier_count_due RETURNING day, dossier_id)
SELECT DISTINCT coalesce(t.day, d.received_on, '-infinity')::text AS day
FROM taken t LEFT JOIN personal.dossier d USING (dossier_id);

-- every_day --
-- Every day there is a dossier or a count of, as text. Rows opened before: dossiers.
-- Index: dossier_received_idx.
SELECT coalesce(received_on, '-infinity')::text AS day FROM personal.dossier
UNION SELECT day::text FROM public.dossier_count
UNION SELECT day::text FROM public.dossier_day_count;

-- forget_addresses --
-- Index: dossier_count_day_idx.
DELETE FROM public.dossier_count WHERE day = any(%(days)s::text[]::date[]);

-- forget_dossiers --
-- Index: dossier_day_count_day_idx.
DELETE FROM public.dossier_day_count WHERE day = any(%(days)s::text[]::date[]);

-- count_days --
-- Count dossiers of days (text[], one may be -infinity) and their addresses, in one snapshot. An
-- address lies where the one linked lies now, else in the one commune all its candidates lie in.
-- Rows opened before: dossiers.
-- Index: dossier_received_idx, dossier_address_pkey, dossier_link_open_key, address_current_pkey,
-- address_code_key; whole tables where many days are counted.
WITH held AS (
    SELECT d.dossier_id, coalesce(d.received_on, '-infinity') AS day,
           coalesce(d.procedure_code, '') COLLATE "C" AS procedure_code
    FROM personal.dossier d
    WHERE d.received_on = any(%(days)s::text[]::date[])
       OR (d.received_on IS NULL AND '-infinity' = any(%(days)s::text[]))
), carried AS MATERIALIZED (
    SELECT h.*, a.n, a.role COLLATE "C" AS role, a.state COLLATE "C" AS state,
           a.category COLLATE "C" AS category, a.decision IS NOT NULL AS is_decided,
           CASE WHEN a.state = 'waiting'
                THEN (a.judged_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
                ELSE '-infinity' END AS waiting_since,
           l.address_id, c.commune_code,
           CASE WHEN l.address_id IS NULL THEN a.verdict END AS verdict
    FROM held h
    LEFT JOIN personal.dossier_address a
        ON a.dossier_id = h.dossier_id AND a.removed_at IS NULL
    LEFT JOIN personal.dossier_link l
        ON l.dossier_id = a.dossier_id AND l.n = a.n AND l.valid_to IS NULL
    LEFT JOIN public.address_current c ON c.address_id = l.address_id
), likely AS (
    SELECT dossier_id, n, CASE WHEN min(code) = max(code) THEN min(code) END AS commune_code
    FROM (
        SELECT u.dossier_id, u.n, jsonb_array_elements_text(u.verdict -> 'communes') AS code
        FROM carried u WHERE u.verdict IS NOT NULL
        UNION ALL
        -- looked up one by one: the planner expects many and would read all addresses
        SELECT u.dossier_id, u.n, (
            SELECT c.commune_code FROM public.address i
            JOIN public.address_current c ON c.address_id = i.address_id WHERE i.code = u.code)
        FROM (SELECT dossier_id, n, jsonb_array_elements(verdict -> 'candidates') ->> 'code' AS code
              FROM carried WHERE verdict IS NOT NULL) u) AS candidate
    GROUP BY dossier_id, n
), placed AS MATERIALIZED (
    SELECT u.dossier_id, u.day, u.procedure_code, u.n, u.role, u.state, u.category, u.is_decided,
           u.waiting_since,
           coalesce(u.commune_code, g.commune_code, '') COLLATE "C" AS commune_code
    FROM carried u LEFT JOIN likely g ON g.dossier_id = u.dossier_id AND g.n = u.n
), addresses AS (
    INSERT INTO public.dossier_count (day, commune_code, procedure_code, role, state, category,
                                      is_decided, waiting_since, addresses)
    SELECT day, commune_code, procedure_code, role, state, category, is_decided, waiting_since,
           count(*)
    FROM placed WHERE n IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8)
INSERT INTO public.dossier_day_count (day, procedure_code, communes, dossiers)
SELECT day, procedure_code, communes, count(*)
FROM (SELECT day, procedure_code,
             array_agg(DISTINCT commune_code COLLATE "C") AS communes
      FROM placed GROUP BY dossier_id, day, procedure_code) AS dossier
GROUP BY 1, 2, 3;

-- set_state --
-- Index: dossier_count_state_pkey.
UPDATE public.dossier_count_state SET counted_at = %(at)s, event_number = %(event_number)s
WHERE is_one;

-- state --
-- How fresh the counts are. Index: dossier_count_state_pkey.
SELECT counted_at, event_number FROM public.dossier_count_state WHERE is_one;

-- addresses --
-- Addresses of dossiers by any choice of dimensions (by_…; false: all together), received on legal
-- days from … to (both included; NULL: whenever), in present communes (areas: text[], NULL: all;
-- commune: one of them), of a procedure, role, state and category (NULL: any); at most limit rows.
-- waiting_since: the day from which half of those that wait have waited, or longer.
-- Index: dossier_count_day_idx with days, dossier_count_commune_idx with one commune; else all rows.
WITH picked AS (
    SELECT CASE WHEN %(by_commune)s::boolean THEN commune_code END AS commune,
           CASE WHEN %(by_day)s::boolean AND isfinite(day) THEN day END AS day,
           CASE WHEN %(by_month)s::boolean AND isfinite(day) THEN to_char(day, 'YYYY-MM') END
               AS month,
           CASE WHEN %(by_procedure)s::boolean THEN procedure_code END AS procedure,
           CASE WHEN %(by_role)s::boolean THEN role END AS role,
           CASE WHEN %(by_state)s::boolean THEN state END AS state,
           CASE WHEN %(by_category)s::boolean THEN category END AS category,
           state AS is_in, is_decided, waiting_since, sum(addresses) AS n
    FROM public.dossier_count
    WHERE (%(from)s::date IS NULL OR day >= %(from)s)
      AND (%(to)s::date IS NULL OR (day <= %(to)s AND isfinite(day)))
      AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
      AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
      AND (%(procedure)s::text IS NULL OR procedure_code = %(procedure)s)
      AND (%(role)s::text IS NULL OR role = %(role)s)
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(category)s::text IS NULL OR category = %(category)s)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
), running AS (
    SELECT *, sum(n) FILTER (WHERE is_in = 'waiting') OVER in_order AS until_here,
           sum(n) FILTER (WHERE is_in = 'waiting') OVER together AS waiting
    FROM picked
    WINDOW together AS (PARTITION BY commune, day, month, procedure, role, state, category),
           in_order AS (PARTITION BY commune, day, month, procedure, role, state, category
                        ORDER BY waiting_since)
)
SELECT commune, day, month, procedure, role, state, category,
       sum(n)::bigint AS addresses,
       coalesce(sum(n) FILTER (WHERE is_in = 'linked' AND NOT is_decided), 0)::bigint AS by_itself,
       coalesce(sum(n) FILTER (WHERE is_in = 'corrected' AND NOT is_decided), 0)::bigint
           AS corrected,
       coalesce(sum(n) FILTER (WHERE is_in IN ('linked', 'corrected') AND is_decided), 0)::bigint
           AS by_person,
       coalesce(sum(n) FILTER (WHERE is_in = 'waiting'), 0)::bigint AS waiting,
       coalesce(sum(n) FILTER (WHERE is_in IN ('rejected', 'no_match')), 0)::bigint AS unlinked,
       min(waiting_since) FILTER (WHERE is_in = 'waiting' AND 2 * until_here >= waiting)
           AS waiting_since
FROM running
GROUP BY 1, 2, 3, 4, 5, 6, 7
ORDER BY 1 NULLS FIRST, 2 NULLS FIRST, 3 NULLS FIRST, 4, 5, 6, 7
LIMIT %(limit)s;

-- dossiers --
-- Dossiers by the dimensions they have themselves, and with the filters they have; a dossier that
-- lies in several communes counts in each of them, and once where communes are not told apart.
-- Index: dossier_day_count_day_idx with days; else all rows.
SELECT CASE WHEN %(by_commune)s::boolean THEN lies.code END AS commune,
       CASE WHEN %(by_day)s::boolean AND isfinite(day) THEN day END AS day,
       CASE WHEN %(by_month)s::boolean AND isfinite(day) THEN to_char(day, 'YYYY-MM') END AS month,
       CASE WHEN %(by_procedure)s::boolean THEN procedure_code END AS procedure,
       sum(dossiers)::bigint AS dossiers
FROM public.dossier_day_count
CROSS JOIN LATERAL unnest(
    CASE WHEN %(by_commune)s::boolean THEN communes ELSE ARRAY['*'] END) AS lies (code)
WHERE (%(from)s::date IS NULL OR day >= %(from)s)
  AND (%(to)s::date IS NULL OR (day <= %(to)s AND isfinite(day)))
  AND (%(areas)s::text[] IS NULL OR communes && %(areas)s::text[])
  AND (%(commune)s::text IS NULL OR %(commune)s = any(communes))
  AND (%(procedure)s::text IS NULL OR procedure_code = %(procedure)s)
  AND (NOT %(by_commune)s::boolean OR (
        (%(areas)s::text[] IS NULL OR lies.code = any(%(areas)s::text[]))
        AND (%(commune)s::text IS NULL OR lies.code = %(commune)s)))
GROUP BY 1, 2, 3, 4;

-- names --
-- Names of communes (text[]) as they are, or as they were last. Index: admin_unit_pkey.
SELECT DISTINCT ON (code) code, full_name FROM public.admin_unit
WHERE code = any(%(codes)s::text[]) AND valid_from <= %(today)s::date
ORDER BY code, valid_from DESC;

-- shapes --
-- The same with their places, EPSG:4326: boundary simplified to tolerance_deg as GeoJSON, NULL
-- where there is none, and centre. Index: admin_unit_pkey.
SELECT DISTINCT ON (code) code, full_name, boundary_kind, ST_X(centre) AS lon, ST_Y(centre) AS lat,
       ST_AsGeoJSON(ST_SimplifyPreserveTopology(boundary, %(tolerance_deg)s), 5) AS boundary
FROM public.admin_unit
WHERE code = any(%(codes)s::text[]) AND valid_from <= %(today)s::date
ORDER BY code, valid_from DESC;
