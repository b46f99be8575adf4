-- What drizzle-kit does not write: row-level security also for the owner, rights, and triggers that keep history as it is.
DO $$
DECLARE t regclass;
BEGIN
  FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') LOOP
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO verbund_app', t);
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE UPDATE, DELETE ON audit_entries, service_request_events, service_request_messages, usage_events FROM verbund_app;
--> statement-breakpoint
REVOKE UPDATE, DELETE ON users, organisations, centres FROM verbund_app;
--> statement-breakpoint
GRANT UPDATE ON users, organisations, centres TO verbund_app;
--> statement-breakpoint
GRANT SELECT, UPDATE, DELETE ON outbox_jobs TO verbund_jobs;
--> statement-breakpoint
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER service_request_events_append_only BEFORE UPDATE OR DELETE ON service_request_events FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER usage_events_append_only BEFORE UPDATE OR DELETE ON usage_events FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER service_versions_published BEFORE UPDATE OR DELETE ON service_versions FOR EACH ROW EXECUTE FUNCTION app.keep_published_version();
--> statement-breakpoint
CREATE TRIGGER agreement_versions_in_force BEFORE UPDATE OR DELETE ON agreement_versions FOR EACH ROW EXECUTE FUNCTION app.keep_version_in_force();
--> statement-breakpoint
-- Costs, keys and what a run says are only ever added to.
REVOKE UPDATE, DELETE ON cost_lines, cost_line_imports, allocation_keys, allocation_run_calculations, allocation_run_lines FROM verbund_app;
--> statement-breakpoint
REVOKE DELETE ON billing_periods, allocation_runs FROM verbund_app;
--> statement-breakpoint
CREATE TRIGGER cost_lines_append_only BEFORE UPDATE OR DELETE ON cost_lines FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER cost_line_imports_append_only BEFORE UPDATE OR DELETE ON cost_line_imports FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER allocation_keys_append_only BEFORE UPDATE OR DELETE ON allocation_keys FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER allocation_run_calculations_append_only BEFORE UPDATE OR DELETE ON allocation_run_calculations FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER allocation_run_lines_append_only BEFORE UPDATE OR DELETE ON allocation_run_lines FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
-- Lines belong to a run that nobody has signed yet.
CREATE FUNCTION app.keep_run_lines() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (SELECT FROM allocation_runs r WHERE r.id IN (SELECT run_id FROM added) AND r.status <> 'draft') THEN
    RAISE EXCEPTION 'only a draft run takes lines' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER allocation_run_lines_draft_only AFTER INSERT ON allocation_run_lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.keep_run_lines();
--> statement-breakpoint
-- What a run is never changes, only where it stands; a posted run may be superseded and nothing else.
CREATE FUNCTION app.keep_run() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{status,version,submitted_by,submitted_by_name,submitted_at,approved_by,approved_by_name,approved_at,approved_result_hash,posted_by,posted_by_name,posted_at,ended_by,ended_by_name,ended_at,end_reason}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'an allocation run is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'posted' AND NEW.status = 'superseded' THEN moving := '{status,version,ended_by,ended_by_name,ended_at,end_reason}';
  ELSIF OLD.status IN ('posted', 'superseded', 'rejected') THEN RAISE EXCEPTION 'an allocation run is immutable once it is %', OLD.status USING ERRCODE = 'VB409';
  END IF;
  IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'what an allocation run was computed from and gave is immutable' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER allocation_runs_keep BEFORE UPDATE OR DELETE ON allocation_runs FOR EACH ROW EXECUTE FUNCTION app.keep_run();
--> statement-breakpoint
-- Under row-level security an operator may use an index only if it is known to tell nothing of rows it does not show. Full-text search
-- raises no errors that name its operands. Only a superuser may say so; without it search reads the hat's own rows one by one.
DO $$ BEGIN
  ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$;
