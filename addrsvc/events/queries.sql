-- feed_position --
-- The lowest transaction still under way: all below have ended, and what they wrote is visible.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin;

-- events_since --
-- Events behind a transaction and number, in that order, with the position of this snapshot; one
-- row of NULLs where there are none. xid: xid8 as text. Index: event_xid_idx.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, e.*
FROM (VALUES (1)) AS always (one)
LEFT JOIN LATERAL (
    SELECT event_id, type, subject, data, xid::text AS xid
    FROM event
    WHERE (event.xid, event_id) > (%(xid)s::xid8, %(event_id)s::bigint)
    ORDER BY event.xid, event_id
    LIMIT %(limit)s) AS e ON true;

-- record_event --
-- One event, in the transaction of the change itself.
INSERT INTO event (recorded_at, type, subject, data)
VALUES (%(at)s, %(type)s, %(subject)s, %(data)s);
