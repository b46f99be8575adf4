-- The account that members pay to changes only to one that was recorded before and that somebody else confirmed. Accounts that are there
-- count as confirmed: only a change is looked at, once the policies did.
CREATE FUNCTION app.keep_payee_account() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  account CONSTANT text[] := '{account_recorded_by,account_recorded_by_name,account_recorded_at,account_confirmed_by,account_confirmed_by_name,account_confirmed_at}';
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.seller ? 'bank' OR NEW.account_confirmed_by IS NOT NULL THEN
      RAISE EXCEPTION 'an account is recorded before it is confirmed' USING ERRCODE = 'VB409';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.pending_account = OLD.pending_account AND NEW.pending_recorded_by <> OLD.pending_recorded_by THEN
    RAISE EXCEPTION 'an account is recorded by one person' USING ERRCODE = 'VB409';
  END IF;
  IF NEW.seller->'bank' IS NOT DISTINCT FROM OLD.seller->'bank'
    AND NOT EXISTS (SELECT FROM unnest(account) name WHERE to_jsonb(NEW)->name IS DISTINCT FROM to_jsonb(OLD)->name) THEN
    RETURN NEW;
  END IF;
  IF NEW.seller->'bank' IS DISTINCT FROM OLD.pending_account OR NEW.account_recorded_by IS DISTINCT FROM OLD.pending_recorded_by
    OR NEW.account_confirmed_by IS NULL OR NEW.pending_account IS NOT NULL THEN
    RAISE EXCEPTION 'an account holds once a second person confirmed it' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER billing_profiles_keep AFTER INSERT OR UPDATE ON billing_profiles FOR EACH ROW EXECUTE FUNCTION app.keep_payee_account();
--> statement-breakpoint
-- As before, and the hash that was signed joins when a draft is issued.
CREATE OR REPLACE FUNCTION app.keep_statement() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{version,superseded_by,rendered_at}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a statement is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'discarded' THEN RAISE EXCEPTION 'a discarded statement is immutable' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'draft' THEN
    moving := '{version,status,number,due_on,issued_on,issued_at,issued_by,issued_by_name,document,signed_hash}';
  ELSIF OLD.superseded_by IS NOT NULL AND NEW.superseded_by IS DISTINCT FROM OLD.superseded_by
    OR OLD.rendered_at IS NOT NULL AND NEW.rendered_at IS DISTINCT FROM OLD.rendered_at THEN
    RAISE EXCEPTION 'a statement is superseded once, and rendered once' USING ERRCODE = 'VB409';
  END IF;
  IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'an issued statement is immutable' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
