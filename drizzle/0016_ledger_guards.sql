-- Rights, row-level security also for the owner, and what exports are held to without any program of ours.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['ledger_account_plans', 'ledger_account_rules', 'ledger_debtors', 'ledger_export_profiles',
    'ledger_export_numbers', 'ledger_exports', 'ledger_export_statements'] LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO verbund_app', t);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT UPDATE ON ledger_account_plans, ledger_export_profiles, ledger_export_numbers TO verbund_app;
--> statement-breakpoint
GRANT DELETE ON ledger_account_rules, ledger_debtors TO verbund_app;
--> statement-breakpoint
CREATE TRIGGER ledger_exports_append_only BEFORE UPDATE OR DELETE ON ledger_exports FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER ledger_export_statements_append_only BEFORE UPDATE OR DELETE ON ledger_export_statements FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
-- A plan that documents were booked by stays as it was, with its accounts.
CREATE FUNCTION app.keep_ledger_plan() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  plan uuid;
BEGIN
  IF TG_TABLE_NAME = 'ledger_account_plans' THEN plan := OLD.id;
  ELSIF TG_OP = 'INSERT' THEN plan := NEW.plan_id;
  ELSE plan := OLD.plan_id;
  END IF;
  IF EXISTS (SELECT FROM ledger_export_statements s WHERE s.plan_id = plan) THEN
    RAISE EXCEPTION 'documents were exported by this account plan' USING ERRCODE = 'VB409';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_account_plans_keep BEFORE UPDATE OR DELETE ON ledger_account_plans FOR EACH ROW EXECUTE FUNCTION app.keep_ledger_plan();
--> statement-breakpoint
CREATE TRIGGER ledger_account_rules_keep BEFORE INSERT OR UPDATE OR DELETE ON ledger_account_rules FOR EACH ROW EXECUTE FUNCTION app.keep_ledger_plan();
--> statement-breakpoint
CREATE TRIGGER ledger_debtors_keep BEFORE INSERT OR UPDATE OR DELETE ON ledger_debtors FOR EACH ROW EXECUTE FUNCTION app.keep_ledger_plan();
--> statement-breakpoint
-- Only what is issued goes to the books, and what goes there goes with a first export.
CREATE FUNCTION app.check_ledger_statement() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM statements s WHERE s.id = NEW.statement_id AND s.status = 'issued') THEN
    RAISE EXCEPTION 'only issued documents are exported' USING ERRCODE = 'VB409';
  END IF;
  IF EXISTS (SELECT FROM ledger_exports e WHERE e.id = NEW.export_id AND e.repeats_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a repetition takes no documents of its own' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_export_statements_check AFTER INSERT ON ledger_export_statements FOR EACH ROW EXECUTE FUNCTION app.check_ledger_statement();
--> statement-breakpoint
-- Numbers only ever go up.
CREATE FUNCTION app.keep_ledger_number() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.last <= OLD.last OR NEW.centre_id <> OLD.centre_id THEN
    RAISE EXCEPTION 'numbers of exports only go up' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_export_numbers_keep BEFORE UPDATE OR DELETE ON ledger_export_numbers FOR EACH ROW EXECUTE FUNCTION app.keep_ledger_number();
