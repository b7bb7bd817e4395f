-- session_by_token --
-- The session a token's hash names, if it is alive and its account open.
-- now: the asker's moment; born_after, used_after: moments before which a session has ended.
-- Index: primary keys of account_session and account.
SELECT s.token_hash, s.created_at, s.last_used_at,
       a.account_id, a.login, a.display_name, a.roles, a.scopes, a.areas, a.must_change
FROM account_session s
JOIN account a USING (account_id)
WHERE s.token_hash = %(token_hash)s
  AND a.disabled_at IS NULL
  AND s.created_at > %(born_after)s
  AND s.last_used_at > %(used_after)s;

-- sessions_of --
-- Live sessions of one account, the one used last first. Index: account_session_account_idx.
SELECT token_hash, created_at, last_used_at
FROM account_session
WHERE account_id = %(account_id)s AND created_at > %(born_after)s AND last_used_at > %(used_after)s
ORDER BY last_used_at DESC
LIMIT 50;

-- use_session --
-- Remember that a session was used; an earlier moment never replaces a later one.
UPDATE account_session SET last_used_at = greatest(last_used_at, %(at)s)
WHERE token_hash = %(token_hash)s;

-- end_session --
-- Index: primary key of account_session.
DELETE FROM account_session WHERE token_hash = %(token_hash)s;

-- end_sessions_of --
-- All sessions of one account. Index: account_session_account_idx.
DELETE FROM account_session WHERE account_id = %(account_id)s;

-- forget_ended_sessions --
-- born_after: moment before which a session has ended. Few rows: the whole table.
DELETE FROM account_session WHERE created_at <= %(born_after)s;

-- grant_of --
-- What one person from elsewhere may do. Index: primary key of person_grant.
SELECT issuer, subject, roles, scopes, areas, granted_by, granted_at, expires_at
FROM person_grant
WHERE issuer = %(issuer)s AND subject = %(subject)s
  AND (expires_at IS NULL OR expires_at > %(now)s);

-- lock_attempts --
-- One counting at a time for one login; until the end of the transaction.
SELECT pg_advisory_xact_lock(731020465, hashtext(%(login_key)s));

-- attempts_of --
-- The counters an attempt falls under. Index: primary key of sign_in_attempt.
SELECT login_key, client, failures, seen_at, succeeded_at
FROM sign_in_attempt
WHERE (login_key, client) IN ((%(login_key)s, %(client)s), (%(login_key)s, ''), ('', %(client)s));

-- count_attempt --
-- Count an attempt as failed before the password is looked at, so that none races the count.
-- A count begins anew when the last failure lies before since.
INSERT INTO sign_in_attempt AS kept (login_key, client, failures, seen_at)
SELECT login_key, client, 1, %(now)s
FROM (VALUES (%(login_key)s, %(client)s), (%(login_key)s, ''), ('', %(client)s))
     AS one (login_key, client)
ORDER BY login_key, client
ON CONFLICT (login_key, client) DO UPDATE
SET failures = CASE WHEN kept.seen_at <= %(since)s THEN 1 ELSE kept.failures + 1 END,
    seen_at = excluded.seen_at;

-- forgive_attempt --
-- The password was right: nothing is held against this client for this login, and what the
-- attempt had added to the wider counts is taken back, with the moment they had risen last
-- (client_seen_at, login_seen_at; NULL: never), unless another attempt came since.
UPDATE sign_in_attempt kept
SET failures = CASE WHEN was.is_pair THEN 0 ELSE greatest(kept.failures - 1, 0) END,
    succeeded_at = CASE WHEN was.is_pair THEN %(now)s ELSE kept.succeeded_at END,
    seen_at = CASE WHEN kept.seen_at = %(now)s THEN coalesce(was.seen_at, kept.seen_at)
                   ELSE kept.seen_at END
FROM (VALUES (%(login_key)s, %(client)s, true, NULL::timestamptz),
             (%(login_key)s, '', false, %(login_seen_at)s),
             ('', %(client)s, false, %(client_seen_at)s)) AS was (login_key, client, is_pair, seen_at)
WHERE kept.login_key = was.login_key AND kept.client = was.client;

-- forgive_login --
-- Somebody in charge set a new password: nothing is held against the login.
DELETE FROM sign_in_attempt WHERE login_key = %(login_key)s;

-- forget_attempts --
-- failed_before, succeeded_before: what is older is forgotten, but for what somebody counts just
-- now. Index: sign_in_attempt_seen_idx.
DELETE FROM sign_in_attempt
WHERE (login_key, client) IN (
    SELECT login_key, client FROM sign_in_attempt
    WHERE seen_at < %(failed_before)s
      AND (succeeded_at IS NULL OR succeeded_at < %(succeeded_before)s)
    FOR UPDATE SKIP LOCKED);
