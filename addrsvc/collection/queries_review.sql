-- submissions --
-- Records before another (NULL: the newest), those that came last first; of a state, commune,
-- task, device, act, or by what they wait for (NULL: any), within present communes (text[], NULL:
-- everywhere). Index: submission_received_idx.
SELECT submission_id, device, carried_by, task_id, act, revision, state, waits_for, commune_code,
       address_id, code, made_at, received_at, decided_at, decided_by, note, has_private,
       change_number, version
FROM submission
WHERE (%(before)s::uuid IS NULL OR (received_at, submission_id) < (
          SELECT received_at, submission_id FROM submission
          WHERE submission_id = %(before)s::uuid))
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(waits_for)s::text IS NULL OR waits_for = %(waits_for)s)
  AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
  AND (%(task)s::uuid IS NULL OR task_id = %(task)s::uuid)
  AND (%(device)s::text IS NULL OR device = %(device)s)
  AND (%(act)s::text IS NULL OR act = %(act)s)
  AND (%(areas)s::text[] IS NULL OR commune_code = any(%(areas)s::text[]))
ORDER BY received_at DESC, submission_id DESC LIMIT %(limit)s;
