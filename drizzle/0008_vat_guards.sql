-- Rights, row-level security also for the owner, and what a determination of VAT is held to without any program of ours.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['vat_determinations', 'vat_determination_facts', 'vat_coverage', 'vat_activity_groups',
    'vat_activity_group_services', 'vat_forecasts', 'vat_turnover_warnings'] LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO verbund_app', t);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT UPDATE ON vat_determinations, vat_coverage, vat_activity_groups TO verbund_app;
--> statement-breakpoint
GRANT DELETE ON vat_activity_group_services TO verbund_app;
--> statement-breakpoint
CREATE TRIGGER vat_determination_facts_append_only BEFORE UPDATE OR DELETE ON vat_determination_facts FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER vat_forecasts_append_only BEFORE UPDATE OR DELETE ON vat_forecasts FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE TRIGGER vat_turnover_warnings_append_only BEFORE UPDATE OR DELETE ON vat_turnover_warnings FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
-- What was determined never changes, only where it stands; what is in force may be superseded and nothing else.
CREATE FUNCTION app.keep_vat_determination() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{status,version,submitted_by,submitted_by_name,submitted_at,approved_by,approved_by_name,approved_at,approved_content_hash,ended_by,ended_by_name,ended_at,end_reason}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a determination of VAT is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'in_force' AND NEW.status = 'superseded' THEN moving := '{status,version,ended_by,ended_by_name,ended_at,end_reason}';
  ELSIF OLD.status IN ('in_force', 'superseded', 'rejected') THEN RAISE EXCEPTION 'a determination of VAT is immutable once it is %', OLD.status USING ERRCODE = 'VB409';
  END IF;
  IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'what a determination of VAT says is immutable' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER vat_determinations_keep BEFORE UPDATE OR DELETE ON vat_determinations FOR EACH ROW EXECUTE FUNCTION app.keep_vat_determination();
--> statement-breakpoint
-- Covered days only ever become fewer.
CREATE FUNCTION app.keep_vat_coverage() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'coverage by a determination of VAT is kept' USING ERRCODE = 'VB409'; END IF;
  IF (to_jsonb(NEW) - '{holds_to,superseded_by}'::text[]) IS DISTINCT FROM (to_jsonb(OLD) - '{holds_to,superseded_by}'::text[])
    OR NEW.superseded_by IS NULL OR NEW.holds_to IS NULL OR NEW.holds_to > OLD.holds_to THEN
    RAISE EXCEPTION 'coverage by a determination of VAT can only be cut, by what supersedes it' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER vat_coverage_keep BEFORE UPDATE OR DELETE ON vat_coverage FOR EACH ROW EXECUTE FUNCTION app.keep_vat_coverage();
--> statement-breakpoint
-- Days are covered by what is in force, as it says, and each day of a member and a service once. After the insert, so that row-level
-- security has had its say.
CREATE FUNCTION app.check_vat_coverage() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('vat_coverage', hashtext(NEW.centre_id::text)));
  IF NOT EXISTS (SELECT FROM vat_determinations d WHERE d.id = NEW.determination_id AND d.status = 'in_force' AND d.service_id = NEW.service_id
    AND NEW.organisation_id = ANY (d.member_ids) AND d.valid_from = NEW.holds_from AND d.valid_to IS NOT DISTINCT FROM NEW.holds_to) THEN
    RAISE EXCEPTION 'only a determination of VAT in force covers days, those that it names' USING ERRCODE = 'VB409';
  END IF;
  IF EXISTS (SELECT FROM vat_coverage c WHERE c.centre_id = NEW.centre_id AND c.service_id = NEW.service_id AND c.organisation_id = NEW.organisation_id
    AND c.determination_id <> NEW.determination_id AND daterange(c.holds_from, c.holds_to) && daterange(NEW.holds_from, NEW.holds_to)) THEN
    RAISE EXCEPTION 'another determination of VAT holds on some of these days' USING ERRCODE = 'VB409';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER vat_coverage_check AFTER INSERT ON vat_coverage FOR EACH ROW EXECUTE FUNCTION app.check_vat_coverage();
