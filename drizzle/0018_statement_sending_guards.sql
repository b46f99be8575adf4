-- Rights, row-level security also for the owner; what was asked for, sent and said is only added to.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['statement_dispatches', 'statement_dispatch_attempts', 'statement_validations'] LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO verbund_app', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t || '_append_only', t);
  END LOOP;
END $$;
