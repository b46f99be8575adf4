-- Rights, row-level security also for the owner, and what plans, payments and notices are held to without any program of ours.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['instalment_plans', 'instalment_plan_shares', 'instalments', 'payer_accounts', 'bank_statement_imports',
    'payments', 'payment_matches', 'settlements', 'dunning_notices'] LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO verbund_app', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['instalment_plan_shares', 'bank_statement_imports', 'payment_matches', 'settlements', 'dunning_notices'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t || '_append_only', t);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT UPDATE ON instalment_plans, instalments, payer_accounts, payments TO verbund_app;
--> statement-breakpoint
-- What a plan says never changes, only where it stands.
CREATE FUNCTION app.keep_instalment_plan() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{status,version,submitted_by,submitted_by_name,submitted_at,approved_by,approved_by_name,approved_at,approved_content_hash,ended_from,ended_by,ended_by_name,ended_at,end_reason}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'an instalment plan is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'in_force' AND NEW.status = 'ended' THEN moving := '{status,version,ended_from,ended_by,ended_by_name,ended_at,end_reason}';
  ELSIF OLD.status IN ('in_force', 'ended', 'rejected') THEN RAISE EXCEPTION 'an instalment plan is immutable once it is %', OLD.status USING ERRCODE = 'VB409';
  END IF;
  IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'what an instalment plan says is immutable' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER instalment_plans_keep BEFORE UPDATE OR DELETE ON instalment_plans FOR EACH ROW EXECUTE FUNCTION app.keep_instalment_plan();
--> statement-breakpoint
-- An instalment is issued or cancelled once; until then only what stands against it changes.
CREATE FUNCTION app.keep_instalment() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{status,statement_id,problems,checked_at}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'an instalment is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status NOT IN ('pending', 'blocked') OR (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'an instalment is issued once and never changes' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER instalments_keep BEFORE UPDATE OR DELETE ON instalments FOR EACH ROW EXECUTE FUNCTION app.keep_instalment();
--> statement-breakpoint
CREATE FUNCTION app.keep_payer_account() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.retired_at IS NOT NULL OR (to_jsonb(NEW) - '{retired_at,version}'::text[]) IS DISTINCT FROM (to_jsonb(OLD) - '{retired_at,version}'::text[]) THEN
    RAISE EXCEPTION 'an account is retired once and never changes' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payer_accounts_keep BEFORE UPDATE OR DELETE ON payer_accounts FOR EACH ROW EXECUTE FUNCTION app.keep_payer_account();
--> statement-breakpoint
-- Payments are added only. Whose a payment is may be said once, where nobody knew.
CREATE FUNCTION app.keep_payment() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{organisation_id,cleared_by,cleared_by_name,cleared_at,version}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a payment is kept' USING ERRCODE = 'VB409'; END IF;
  IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving)
    OR OLD.organisation_id IS NOT NULL AND NEW.organisation_id IS DISTINCT FROM OLD.organisation_id
    OR OLD.cleared_at IS NOT NULL THEN
    RAISE EXCEPTION 'a payment never changes, it is reversed' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payments_keep BEFORE UPDATE OR DELETE ON payments FOR EACH ROW EXECUTE FUNCTION app.keep_payment();
--> statement-breakpoint
-- A match is between a payment and an issued document of one member, and what is matched lies between nothing and the payment.
CREATE FUNCTION app.check_payment_match() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  matched numeric;
  paid bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM payments p JOIN statements s ON s.centre_id = p.centre_id AND s.organisation_id = p.organisation_id
    WHERE p.id = NEW.payment_id AND p.organisation_id = NEW.organisation_id AND s.id = NEW.statement_id AND s.status = 'issued') THEN
    RAISE EXCEPTION 'a payment is matched with issued documents of its own member' USING ERRCODE = 'VB409';
  END IF;
  SELECT amount_cents INTO paid FROM payments WHERE id = NEW.payment_id;
  SELECT coalesce(sum(amount_cents), 0) INTO matched FROM payment_matches WHERE payment_id = NEW.payment_id;
  IF matched NOT BETWEEN least(paid, 0) AND greatest(paid, 0) THEN
    RAISE EXCEPTION 'more is matched than was paid' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- At the end of the transaction: the two sides of an offset are added one after the other.
CREATE CONSTRAINT TRIGGER payment_matches_check AFTER INSERT ON payment_matches DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.check_payment_match();
