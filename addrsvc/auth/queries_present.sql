-- key_now --
-- What a key or device may do now; no row: it has ended or never was. Index: api_key_pkey.
SELECT scopes, areas FROM api_key
WHERE key_id = %(key_id)s AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > %(now)s);

-- account_now --
-- What an account may do now; no row: it is closed or never was. Index: account_login_key.
SELECT roles, scopes, areas FROM account
WHERE login = %(login)s AND disabled_at IS NULL;

-- grant_now --
-- What is granted by name to a person from elsewhere, and whether it has ended; no row: nothing
-- ever was. Index: primary key of person_grant.
SELECT roles, scopes, areas, coalesce(expires_at <= %(now)s, false) AS has_ended
FROM person_grant WHERE issuer = %(issuer)s AND subject = %(subject)s;
