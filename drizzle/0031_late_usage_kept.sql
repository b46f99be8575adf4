SET LOCAL lock_timeout = '5s';
--> statement-breakpoint
-- What a period counts begins with its freezing, and where its correction is billed ends with its state, whichever version of the program
-- writes it.
CREATE FUNCTION app.keep_recorded_until() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.frozen_at IS DISTINCT FROM OLD.frozen_at THEN NEW.recorded_until := NEW.frozen_at; END IF;
  IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state THEN NEW.correction_billing_period_id := NULL; END IF;
  IF TG_OP = 'UPDATE' AND NEW.frozen_at = OLD.frozen_at AND NEW.recorded_until < OLD.recorded_until THEN
    RAISE EXCEPTION 'what a period counts is never taken back' USING ERRCODE = 'VB409';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER billing_periods_keep BEFORE INSERT OR UPDATE ON billing_periods FOR EACH ROW EXECUTE FUNCTION app.keep_recorded_until();
--> statement-breakpoint
-- FORCE would hide the rows from an owner who is no superuser.
ALTER TABLE billing_periods NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE billing_periods SET recorded_until = frozen_at WHERE frozen_at IS NOT NULL;
--> statement-breakpoint
ALTER TABLE billing_periods FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE billing_periods ADD CONSTRAINT billing_periods_recorded_check CHECK ((frozen_at is null) = (recorded_until is null) and recorded_until >= frozen_at);
--> statement-breakpoint
-- Admitting late usage takes the same turns as freezing: what is recorded afterwards has a later moment and is late again.
CREATE OR REPLACE FUNCTION app.recording_moment(centre uuid, moment timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT greatest(moment, (SELECT max(p.recorded_until) + interval '1 millisecond' FROM billing_periods p WHERE p.centre_id = centre)) $$;
--> statement-breakpoint
-- Until when usage counts is said for good when a run is posted: its period may have been open when it was computed.
CREATE OR REPLACE FUNCTION app.keep_run() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{status,version,recorded_until,submitted_by,submitted_by_name,submitted_at,approved_by,approved_by_name,approved_at,approved_result_hash,posted_by,posted_by_name,posted_at,ended_by,ended_by_name,ended_at,end_reason}';
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
