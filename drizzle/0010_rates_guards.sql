ALTER TABLE rate_cards FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE rate_card_versions FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (version) ON rate_cards TO verbund_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON rate_card_versions TO verbund_app;
--> statement-breakpoint
-- A version begins as a draft. Once it is in force its end may move forward and nothing else, and no two of a card hold on one day.
CREATE FUNCTION app.keep_rate_card_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  moving text[] := '{status,valid_to}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a rate card version is kept' USING ERRCODE = 'VB409'; END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'draft' THEN RAISE EXCEPTION 'a rate card version begins as a draft' USING ERRCODE = 'VB409'; END IF;
    RETURN NEW;
  END IF;
  IF OLD.status = 'draft' THEN
    moving := '{status,valid_from,valid_to,interval,prices,content_hash,edited_by,edited_by_name,edited_at,approved_by,approved_by_name,approved_at,approved_hash}';
  ELSIF NEW.status = 'draft' OR (OLD.status = 'superseded' AND NEW.status <> 'superseded') OR NEW.valid_to IS NULL AND OLD.valid_to IS NOT NULL OR NEW.valid_to > OLD.valid_to THEN
    RAISE EXCEPTION 'a rate card version in force only ends' USING ERRCODE = 'VB409';
  END IF;
  IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'a rate card version in force is immutable' USING ERRCODE = 'VB409';
  END IF;
  IF OLD.status = 'draft' AND NEW.status <> 'draft' AND (NEW.approved_hash <> OLD.content_hash OR EXISTS (
    SELECT FROM public.rate_card_versions v WHERE v.rate_card_id = NEW.rate_card_id AND v.id <> NEW.id AND v.status <> 'draft'
      AND (v.valid_to IS NULL OR v.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR v.valid_from < NEW.valid_to))) THEN
    RAISE EXCEPTION 'a rate card has one version a day, and it is the one that was approved' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- After the row, so that row-level security speaks first.
CREATE TRIGGER rate_card_versions_begin AFTER INSERT ON rate_card_versions FOR EACH ROW EXECUTE FUNCTION app.keep_rate_card_version();
--> statement-breakpoint
CREATE TRIGGER rate_card_versions_keep BEFORE UPDATE OR DELETE ON rate_card_versions FOR EACH ROW EXECUTE FUNCTION app.keep_rate_card_version();
