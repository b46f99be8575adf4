SET LOCAL lock_timeout = '5s';
--> statement-breakpoint
-- What is written to the roll-ups by month is added to those by year in the same transaction, whichever version of the program writes it.
CREATE FUNCTION app.roll_up_years() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.usage_year_rollups AS y (centre_id, year, service_id, organisation_id, meter, unit, quantity, event_count)
    SELECT centre_id, date_trunc('year', month)::date, service_id, organisation_id, meter, unit, sum(quantity), sum(event_count)
    FROM now_there GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT ON CONSTRAINT usage_year_rollups_pkey
      DO UPDATE SET quantity = y.quantity + excluded.quantity, event_count = y.event_count + excluded.event_count;
  ELSE
    INSERT INTO public.usage_year_rollups AS y (centre_id, year, service_id, organisation_id, meter, unit, quantity, event_count)
    SELECT centre_id, date_trunc('year', month)::date, service_id, organisation_id, meter, unit, sum(quantity), sum(event_count)
    FROM (
      SELECT centre_id, month, service_id, organisation_id, meter, unit, quantity, event_count FROM now_there
      UNION ALL SELECT centre_id, month, service_id, organisation_id, meter, unit, -quantity, -event_count FROM there_before
    ) changed GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT ON CONSTRAINT usage_year_rollups_pkey
      DO UPDATE SET quantity = y.quantity + excluded.quantity, event_count = y.event_count + excluded.event_count;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- From here on nobody writes to the roll-ups until the migration is done.
CREATE TRIGGER usage_rollups_added AFTER INSERT ON usage_rollups
  REFERENCING NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION app.roll_up_years();
--> statement-breakpoint
CREATE TRIGGER usage_rollups_changed AFTER UPDATE ON usage_rollups
  REFERENCING OLD TABLE AS there_before NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION app.roll_up_years();
--> statement-breakpoint
-- Nobody takes roll-ups away; whoever mends them by hand writes what they should be.
CREATE FUNCTION app.keep_usage_rollup() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'roll-ups of usage are kept' USING ERRCODE = 'VB409'; END $$;
--> statement-breakpoint
CREATE TRIGGER usage_rollups_keep BEFORE DELETE ON usage_rollups FOR EACH ROW EXECUTE FUNCTION app.keep_usage_rollup();
--> statement-breakpoint
-- FORCE would hide the rows from an owner who is no superuser.
ALTER TABLE usage_rollups NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
INSERT INTO usage_year_rollups (centre_id, year, service_id, organisation_id, meter, unit, quantity, event_count)
SELECT centre_id, date_trunc('year', month)::date, service_id, organisation_id, meter, unit, sum(quantity), sum(event_count)
FROM usage_rollups GROUP BY 1, 2, 3, 4, 5, 6;
--> statement-breakpoint
ALTER TABLE usage_rollups FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE usage_year_rollups FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON usage_year_rollups TO verbund_app;
