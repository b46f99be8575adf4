ALTER TABLE dunning_blocks FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON dunning_blocks TO verbund_app;
--> statement-breakpoint
-- A block is lifted once; nothing else of it changes.
CREATE FUNCTION app.keep_dunning_block() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving CONSTANT text[] := '{lifted_by,lifted_by_name,lifted_at,version}';
BEGIN
  IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL OR (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'a dunning block is lifted once and never changes' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dunning_blocks_keep BEFORE UPDATE OR DELETE ON dunning_blocks FOR EACH ROW EXECUTE FUNCTION app.keep_dunning_block();
--> statement-breakpoint
-- The foreign key names the centre only: a chain begins with an issued document of the member itself. Looked at once the policies did.
CREATE FUNCTION app.check_dunning_block() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF NEW.chain_id IS NOT NULL AND NOT EXISTS (SELECT FROM statements s WHERE s.id = NEW.chain_id AND s.centre_id = NEW.centre_id
    AND s.organisation_id = NEW.organisation_id AND s.status = 'issued' AND s.corrects_id IS NULL) THEN
    RAISE EXCEPTION 'a dunning block is about a chain of its own member' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER dunning_blocks_check AFTER INSERT ON dunning_blocks FOR EACH ROW EXECUTE FUNCTION app.check_dunning_block();
