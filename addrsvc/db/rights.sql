-- give_rights --
-- Give the roles addrsvc_writer and addrsvc_reader, where they are there, exactly what they may
-- do with every table of ours; run by who owns them, as often as wanted.
DO $$
DECLARE
    writer CONSTANT text := 'addrsvc_writer';
    reader CONSTANT text := 'addrsvc_reader';
    -- only ever added to, unsealed; the sealer sets number and hash, once (triggers hold it)
    append_only CONSTANT text[] := ARRAY['event', 'audit_entry'];
    given_by_us CONSTANT text[] := ARRAY['event_id', 'audit_id', 'xid', 'number', 'hash'];
    -- answers and records as sent, reasons of refusals, who failed to sign in: no public read
    -- needs them
    not_for_readers CONSTANT text[] := ARRAY['idempotency_key', 'import_rejection',
        'sign_in_attempt', 'webhook_secret', 'plan_file', 'submission_revision',
        'submission_conflict', 'submission_photo', 'photo_day'];
    -- the key by which codes are drawn, passwords, secrets
    secret_columns CONSTANT text[] := ARRAY['code_prefix.key', 'account.password_hash'];
    has_writer CONSTANT boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = writer)
        AND current_user <> writer;
    has_reader CONSTANT boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = reader)
        AND current_user <> reader;
    each record;
    columns text;
BEGIN
    FOR each IN
        SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
          AND pg_has_role(nspowner, 'USAGE')
    LOOP
        IF has_writer THEN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', each.nspname, writer);
        END IF;
    END LOOP;

    FOR each IN
        SELECT c.oid, c.oid::regclass AS called, c.relname, c.relkind, n.nspname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
          -- a partition is reached through its table only
          AND NOT c.relispartition
          AND pg_has_role(c.relowner, 'USAGE')
          AND NOT EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                            AND d.deptype = 'e')
    LOOP
        IF has_writer AND each.relkind = 'S' THEN
            EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', each.called, writer);
        ELSIF has_writer THEN
            SELECT string_agg(quote_ident(attname), ', ') INTO columns
            FROM pg_attribute
            WHERE attrelid = each.oid AND attnum > 0 AND NOT attisdropped
              AND attname <> ALL (given_by_us);
            EXECUTE format('REVOKE ALL ON %s FROM %I', each.called, writer);
            EXECUTE format(
                CASE WHEN each.relname = ANY (append_only)
                     THEN 'GRANT SELECT, INSERT (%3$s), UPDATE (number, hash) ON %1$s TO %2$I'
                     WHEN each.relname = 'alembic_version' OR each.relkind IN ('v', 'm')
                     THEN 'GRANT SELECT ON %1$s TO %2$I'
                     ELSE 'GRANT SELECT, INSERT, UPDATE, DELETE ON %1$s TO %2$I' END,
                each.called, writer, columns);
        END IF;
        IF has_reader AND each.relkind <> 'S' THEN
            EXECUTE format('REVOKE ALL ON %s FROM %I', each.called, reader);
            IF each.nspname = 'public' AND each.relname <> ALL (not_for_readers) THEN
                SELECT ' (' || string_agg(quote_ident(attname), ', ') || ')' INTO columns
                FROM pg_attribute
                WHERE attrelid = each.oid AND attnum > 0 AND NOT attisdropped
                  AND each.relname || '.' || attname <> ALL (secret_columns)
                HAVING count(*) < (SELECT count(*) FROM pg_attribute
                    WHERE attrelid = each.oid AND attnum > 0 AND NOT attisdropped);
                EXECUTE format('GRANT SELECT%s ON %s TO %I', columns, each.called, reader);
            END IF;
        END IF;
    END LOOP;

    -- what runs with the owner's rights is for the writer alone
    FOR each IN
        SELECT p.oid::regprocedure AS called
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND pg_has_role(p.proowner, 'USAGE')
          AND NOT EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                            AND d.deptype = 'e')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', each.called);
        IF has_writer THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', each.called, writer);
        END IF;
    END LOOP;
END
$$;
