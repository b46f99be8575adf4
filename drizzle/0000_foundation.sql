-- Functions that policies and repositories call. Names are qualified throughout, so that no search path can redirect them.
CREATE SCHEMA IF NOT EXISTS app;
--> statement-breakpoint
CREATE SCHEMA IF NOT EXISTS numbers;
--> statement-breakpoint
GRANT USAGE ON SCHEMA app TO verbund_app, verbund_jobs;
--> statement-breakpoint
-- After the first local set_config a setting is '' and not null, hence nullif.
CREATE FUNCTION app.hat_kind() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.hat_kind', true), '') $$;
--> statement-breakpoint
CREATE FUNCTION app.hat_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.hat_id', true), '')::uuid $$;
--> statement-breakpoint
CREATE FUNCTION app.actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.actor_id', true), '')::uuid $$;
--> statement-breakpoint
-- Puts on a hat until the end of the transaction. A session that has ended opens nothing, from its very next statement on.
-- The session is looked up under the hat itself, for that is the only one whose policy shows it.
CREATE FUNCTION app.open_hat(kind text, hat uuid, actor uuid, session uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.hat_kind', kind, true), set_config('app.hat_id', hat::text, true), set_config('app.actor_id', actor::text, true);
  IF session IS NOT NULL AND NOT EXISTS (
    SELECT FROM public.sessions s
    WHERE s.id = session AND s.hat_kind = kind AND s.hat_id = hat AND coalesce(s.user_id, s.machine_account_id) = actor AND s.revoked_at IS NULL
  ) THEN
    RAISE EXCEPTION 'session ended' USING ERRCODE = 'VB401';
  END IF;
  RETURN true;
END $$;
--> statement-breakpoint
-- The next number of a series: never twice, gaps where a transaction rolled back. Not for invoices, whose numbers must have no gap.
CREATE FUNCTION app.next_number(series text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF series !~ '^[a-z0-9_]{1,60}$' THEN
    RAISE EXCEPTION 'bad series name' USING ERRCODE = '22023';
  END IF;
  IF to_regclass(format('numbers.%I', series)) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('numbers.' || series));
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS numbers.%I', series);
  END IF;
  RETURN nextval(format('numbers.%I', series));
END $$;
--> statement-breakpoint
CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'VB409'; END $$;
--> statement-breakpoint
-- A published version may be retired and nothing else.
CREATE FUNCTION app.keep_published_version() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status <> 'draft' THEN RAISE EXCEPTION 'a published service version is kept' USING ERRCODE = 'VB409'; END IF;
    RETURN OLD;
  END IF;
  IF OLD.status <> 'draft' AND (NEW.status = 'draft' OR to_jsonb(NEW) - '{status,retired_at,version}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{status,retired_at,version}'::text[]) THEN
    RAISE EXCEPTION 'a published service version is immutable' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- An agreement version in force may be terminated and nothing else.
CREATE FUNCTION app.keep_version_in_force() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status <> 'draft' THEN RAISE EXCEPTION 'an agreement version in force is kept' USING ERRCODE = 'VB409'; END IF;
    RETURN OLD;
  END IF;
  IF OLD.status <> 'draft' AND (NEW.status = 'draft' OR to_jsonb(NEW) - '{status,valid_to}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{status,valid_to}'::text[]) THEN
    RAISE EXCEPTION 'an agreement version in force is immutable' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
