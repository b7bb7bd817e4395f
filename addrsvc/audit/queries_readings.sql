-- holder_readings --
-- Readings of holders, latest first; refs (text[]), principal and since (timestamptz) may be NULL.
-- Index: audit_entry_holder_read_idx.
SELECT recorded_at, principal, subject, detail ->> 'purpose' AS purpose, outcome
FROM audit_entry
WHERE action = 'holder.read'
  AND (%(refs)s::text[] IS NULL OR subject = any(%(refs)s))
  AND (%(principal)s::text IS NULL OR principal = %(principal)s)
  AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)
ORDER BY recorded_at DESC LIMIT %(limit)s;
