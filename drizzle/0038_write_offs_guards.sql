ALTER TABLE write_offs FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON write_offs TO verbund_app;
--> statement-breakpoint
-- A write-off is confirmed once and ended once; nothing else of it changes.
CREATE FUNCTION app.keep_write_off() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{ended_by,ended_by_name,ended_at,end_reason,version}';
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.confirmed_at IS NULL AND NEW.ended_at IS NULL THEN
    moving := moving || '{confirmed_by,confirmed_by_name,confirmed_at}'::text[];
  END IF;
  IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'a write-off is confirmed once, ended once and never changes' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER write_offs_keep BEFORE UPDATE OR DELETE ON write_offs FOR EACH ROW EXECUTE FUNCTION app.keep_write_off();
--> statement-breakpoint
-- The foreign key names the centre only: a chain begins with an issued document of the member itself. Looked at once the policies did.
CREATE FUNCTION app.check_write_off() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'a write-off is asked for before it is confirmed' USING ERRCODE = 'VB409';
  END IF;
  IF NOT EXISTS (SELECT FROM statements s WHERE s.id = NEW.chain_id AND s.centre_id = NEW.centre_id
    AND s.organisation_id = NEW.organisation_id AND s.status = 'issued' AND s.corrects_id IS NULL) THEN
    RAISE EXCEPTION 'a write-off is of a chain of its own member' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER write_offs_check AFTER INSERT ON write_offs FOR EACH ROW EXECUTE FUNCTION app.check_write_off();
