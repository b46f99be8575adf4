-- Freezing a period and recording usage of its centre take turns: recording holds the lock shared, freezing alone. What is recorded after a
-- period was frozen gets a later moment than that of the freezing, also where its request began before; so a frozen period never gains.
CREATE FUNCTION app.hold_freezing(centre uuid) RETURNS void LANGUAGE sql
AS $$ SELECT pg_advisory_xact_lock_shared(hashtextextended('freezing', hashtext(centre::text))) $$;
--> statement-breakpoint
CREATE FUNCTION app.lock_freezing(centre uuid) RETURNS void LANGUAGE sql
AS $$ SELECT pg_advisory_xact_lock(hashtextextended('freezing', hashtext(centre::text))) $$;
--> statement-breakpoint
-- Moments have milliseconds here.
CREATE FUNCTION app.recording_moment(centre uuid, moment timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT greatest(moment, (SELECT max(p.frozen_at) + interval '1 millisecond' FROM billing_periods p WHERE p.centre_id = centre)) $$;
