-- Rights, row-level security also for the owner, and what statements are held to without any program of ours.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['billing_profiles', 'billing_recipients', 'statement_batches', 'statements', 'statement_lines',
    'statement_documents', 'statement_numbers'] LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO verbund_app', t);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT UPDATE ON billing_profiles, billing_recipients, statement_batches, statements, statement_numbers TO verbund_app;
--> statement-breakpoint
CREATE TRIGGER statement_lines_append_only BEFORE UPDATE OR DELETE ON statement_lines FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER statement_documents_append_only BEFORE UPDATE OR DELETE ON statement_documents FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
-- A draft is issued or discarded and changes in nothing else; what is issued can be superseded once, and its files be written down.
CREATE FUNCTION app.keep_statement() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{version,superseded_by,rendered_at}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a statement is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'discarded' THEN RAISE EXCEPTION 'a discarded statement is immutable' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'draft' THEN
    moving := '{version,status,number,due_on,issued_on,issued_at,issued_by,issued_by_name,document}';
  ELSIF OLD.superseded_by IS NOT NULL AND NEW.superseded_by IS DISTINCT FROM OLD.superseded_by
    OR OLD.rendered_at IS NOT NULL AND NEW.rendered_at IS DISTINCT FROM OLD.rendered_at THEN
    RAISE EXCEPTION 'a statement is superseded once, and rendered once' USING ERRCODE = 'VB409';
  END IF;
  IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'an issued statement is immutable' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER statements_keep BEFORE UPDATE OR DELETE ON statements FOR EACH ROW EXECUTE FUNCTION app.keep_statement();
--> statement-breakpoint
-- Lines belong to a draft: once it is issued none is added.
CREATE FUNCTION app.check_statement_line() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (SELECT FROM statements s WHERE s.id = NEW.statement_id AND s.status <> 'draft') THEN
    RAISE EXCEPTION 'lines are added to a draft only' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER statement_lines_check AFTER INSERT ON statement_lines FOR EACH ROW EXECUTE FUNCTION app.check_statement_line();
--> statement-breakpoint
-- Numbers only ever go up, one at a time or by a batch.
CREATE FUNCTION app.keep_statement_number() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.last < OLD.last OR NEW.centre_id <> OLD.centre_id OR NEW.year <> OLD.year THEN
    RAISE EXCEPTION 'numbers of statements only go up' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER statement_numbers_keep BEFORE UPDATE OR DELETE ON statement_numbers FOR EACH ROW EXECUTE FUNCTION app.keep_statement_number();
