-- Rights, row-level security also for the owner, and what grants are held to without any program of ours.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['grant_programmes', 'grant_rule_versions', 'grants', 'grant_parties', 'grant_drawdowns', 'grant_clawbacks',
    'grant_reminders'] LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO verbund_app', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['grant_programmes', 'grant_rule_versions', 'grant_reminders'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t || '_append_only', t);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT UPDATE ON grants, grant_drawdowns, grant_clawbacks TO verbund_app;
--> statement-breakpoint
GRANT DELETE ON grant_parties TO verbund_app;
--> statement-breakpoint
-- What was applied for never changes once it went out, what was awarded never once it is signed.
CREATE FUNCTION app.keep_grant() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{status,version,proof_on,proof_reference,proof_eligible_cents,proof_grant_cents,proof_hash,proof_by,proof_by_name,proof_at,ended_by,ended_by_name,ended_at,end_reason}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a grant is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status IN ('closed', 'withdrawn') THEN RAISE EXCEPTION 'a grant is immutable once it is %', OLD.status USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'noticed' AND NEW.status = 'awarded' THEN
    moving := moving || '{awarded_by,awarded_by_name,awarded_at,awarded_content_hash}'::text[];
  ELSIF OLD.status IN ('applied', 'noticed') THEN
    moving := moving || '{notice_number,notice_on,awarded_cents,approved_from,approved_to,purpose_ends_on,proof_due_on,notice_by,notice_by_name,notice_at,content_hash}'::text[];
  END IF;
  IF OLD.status <> 'draft' AND (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'what a grant says is immutable once it is %', OLD.status USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER grants_keep BEFORE UPDATE OR DELETE ON grants FOR EACH ROW EXECUTE FUNCTION app.keep_grant();
--> statement-breakpoint
-- After the change, so that row-level security has had its say.
CREATE FUNCTION app.keep_grant_parties() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM grants g WHERE g.id = coalesce(NEW.grant_id, OLD.grant_id) AND g.status = 'draft') THEN
    RAISE EXCEPTION 'the parties of a grant are those that applied' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER grant_parties_keep AFTER INSERT OR UPDATE OR DELETE ON grant_parties FOR EACH ROW EXECUTE FUNCTION app.keep_grant_parties();
--> statement-breakpoint
-- What was asked for or demanded never changes; it arrives once, or is given up.
CREATE FUNCTION app.keep_grant_money() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{status,version,received_cents,received_on,repaid_on,booked_on,voucher_number,cost_line_id,ended_by,ended_by_name,ended_at,end_reason}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'money of a grant is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status NOT IN ('requested', 'demanded') OR (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'money of a grant is immutable once it is %', OLD.status USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER grant_drawdowns_keep BEFORE UPDATE OR DELETE ON grant_drawdowns FOR EACH ROW EXECUTE FUNCTION app.keep_grant_money();
--> statement-breakpoint
CREATE TRIGGER grant_clawbacks_keep BEFORE UPDATE OR DELETE ON grant_clawbacks FOR EACH ROW EXECUTE FUNCTION app.keep_grant_money();
--> statement-breakpoint
-- Never more is drawn than was awarded, never more demanded back than was received. The lock lets one move of a grant happen at a time.
CREATE FUNCTION app.check_grant_money() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  award record;
  drawn bigint;
  received bigint;
  demanded bigint;
BEGIN
  SELECT g.status, g.awarded_cents INTO award FROM grants g WHERE g.id = NEW.grant_id FOR UPDATE;
  SELECT coalesce(sum(coalesce(d.received_cents, d.amount_cents)) FILTER (WHERE d.status <> 'cancelled'), 0), coalesce(sum(d.received_cents), 0)
    INTO drawn, received FROM grant_drawdowns d WHERE d.grant_id = NEW.grant_id;
  SELECT coalesce(sum(c.amount_cents), 0) INTO demanded FROM grant_clawbacks c WHERE c.grant_id = NEW.grant_id AND c.status <> 'cancelled';
  IF TG_TABLE_NAME = 'grant_drawdowns' AND (award.status NOT IN ('awarded', 'proved') OR drawn > award.awarded_cents) THEN
    RAISE EXCEPTION 'more is drawn than was awarded' USING ERRCODE = 'VB409';
  END IF;
  IF TG_TABLE_NAME = 'grant_clawbacks' AND (award.status NOT IN ('awarded', 'proved', 'closed') OR demanded > received) THEN
    RAISE EXCEPTION 'more is demanded back than was received' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER grant_drawdowns_check AFTER INSERT ON grant_drawdowns FOR EACH ROW EXECUTE FUNCTION app.check_grant_money();
--> statement-breakpoint
CREATE TRIGGER grant_clawbacks_check AFTER INSERT ON grant_clawbacks FOR EACH ROW EXECUTE FUNCTION app.check_grant_money();
