-- An account is confirmed once, before it is retired, and retired once; nothing else of it changes.
CREATE OR REPLACE FUNCTION app.keep_payer_account() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{retired_at,version}';
BEGIN
  IF OLD.confirmed_at IS NULL THEN moving := moving || '{confirmed_by,confirmed_by_name,confirmed_at}'::text[]; END IF;
  IF TG_OP = 'DELETE' OR OLD.retired_at IS NOT NULL OR (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'an account is confirmed and retired once and never changes' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
