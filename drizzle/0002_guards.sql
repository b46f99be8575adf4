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
