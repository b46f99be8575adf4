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
