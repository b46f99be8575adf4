CREATE TABLE "usage_keys" (
	"centre_id" uuid NOT NULL,
	"source" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"event_id" uuid NOT NULL,
	"body_hash" text NOT NULL,
	CONSTRAINT "usage_keys_pkey" PRIMARY KEY("centre_id","source","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "usage_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_rollup_deltas" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "usage_rollup_deltas_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"centre_id" uuid NOT NULL,
	"month" date NOT NULL,
	"service_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"meter" text NOT NULL,
	"unit" text NOT NULL,
	"source" text NOT NULL,
	"quantity" numeric(30,6) NOT NULL,
	"event_count" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "usage_rollup_deltas" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_rollups" (
	"centre_id" uuid NOT NULL,
	"month" date NOT NULL,
	"service_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"meter" text NOT NULL,
	"unit" text NOT NULL,
	"source" text NOT NULL,
	"quantity" numeric(30,6) NOT NULL,
	"event_count" integer NOT NULL,
	CONSTRAINT "usage_rollups_pkey" PRIMARY KEY("centre_id","month","service_id","organisation_id","meter","unit","source")
);
--> statement-breakpoint
ALTER TABLE "usage_rollups" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
-- A table cannot become a partitioned one: the events are copied into a new one of the same name. FORCE would hide the rows from an owner
-- who is no superuser. No installation runs release 0.1 beside this one.
ALTER TABLE usage_events NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
INSERT INTO usage_keys (centre_id, source, idempotency_key, event_id, body_hash)
SELECT centre_id, source, idempotency_key, id, body_hash FROM usage_events;
--> statement-breakpoint
CREATE TABLE usage_events_by_month (
	"id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"agreement_version_id" uuid NOT NULL,
	"source" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"kind" text NOT NULL,
	"meter" text NOT NULL,
	"unit" text NOT NULL,
	"quantity" numeric(30,6) NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"occurred_on" date NOT NULL,
	"request_id" uuid,
	"reference" text,
	"attributes" jsonb NOT NULL,
	"corrects_event_id" uuid,
	"reason" text,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_events_kind_check" CHECK (kind in ('usage', 'reversal', 'adjustment')),
	CONSTRAINT "usage_events_corrects_check" CHECK ((kind = 'usage') = (corrects_event_id is null)),
	CONSTRAINT "usage_events_quantity_check" CHECK (kind <> 'usage' or quantity >= 0)
) PARTITION BY RANGE (occurred_on);
--> statement-breakpoint
-- No program enters this schema: rows are reached through the table, and its policies.
CREATE SCHEMA partitions;
--> statement-breakpoint
-- What no month takes: usage from before the first month below. It counts like all other.
CREATE TABLE partitions.usage_events_other PARTITION OF usage_events_by_month DEFAULT;
--> statement-breakpoint
-- Makes the partitions of the months of these days; a month of which usage came before its partition stays with the others.
CREATE FUNCTION app.add_usage_months(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  month date := date_trunc('month', first_day)::date;
  name text;
  added integer := 0;
  table_name regclass := coalesce(to_regclass('public.usage_events_by_month'), 'public.usage_events'::regclass);
BEGIN
  IF first_day < '2000-01-01' OR last_day > current_date + interval '2 years' THEN
    RAISE EXCEPTION 'no month of usage' USING ERRCODE = '22023';
  END IF;
  SET LOCAL lock_timeout = '2s';
  PERFORM pg_advisory_xact_lock(hashtext('partitions.usage_events'));
  WHILE month <= last_day LOOP
    name := to_char(month, '"usage_events_"YYYY_MM');
    IF to_regclass('partitions.' || name) IS NULL
      AND NOT EXISTS (SELECT FROM partitions.usage_events_other o WHERE o.occurred_on >= month AND o.occurred_on < month + interval '1 month') THEN
      EXECUTE format('CREATE TABLE partitions.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', name, table_name, month, (month + interval '1 month')::date);
      added := added + 1;
    END IF;
    month := (month + interval '1 month')::date;
  END LOOP;
  RETURN added;
END $$;
--> statement-breakpoint
SELECT app.add_usage_months(
  greatest('2000-01-01', least((SELECT min(occurred_on) FROM usage_events), (date_trunc('year', current_date) - interval '1 year')::date)),
  (current_date + interval '1 year')::date);
--> statement-breakpoint
INSERT INTO usage_events_by_month
SELECT id, centre_id, organisation_id, service_id, agreement_version_id, source, idempotency_key, kind, meter, unit, quantity, occurred_at, occurred_on,
  request_id, reference, attributes, corrects_event_id, reason, recorded_by, recorded_at
FROM usage_events;
--> statement-breakpoint
DROP TABLE usage_events; -- forward: its rows stand in the new table, which takes its name
--> statement-breakpoint
ALTER TABLE usage_events_by_month RENAME TO usage_events; -- forward: takes the name of the table it replaces
--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_pkey" PRIMARY KEY("id","occurred_on");--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_parties_key" UNIQUE("centre_id","organisation_id","id","occurred_on");--> statement-breakpoint
CREATE UNIQUE INDEX "usage_events_reversal_key" ON "usage_events" USING btree ("corrects_event_id","occurred_on") WHERE kind = 'reversal';--> statement-breakpoint
CREATE INDEX "usage_events_corrects_idx" ON "usage_events" USING btree ("corrects_event_id") WHERE corrects_event_id is not null;--> statement-breakpoint
CREATE INDEX "usage_events_centre_day_idx" ON "usage_events" USING btree ("centre_id","occurred_on","id");--> statement-breakpoint
CREATE INDEX "usage_events_service_day_idx" ON "usage_events" USING btree ("centre_id","service_id","occurred_on");--> statement-breakpoint
CREATE INDEX "usage_events_organisation_day_idx" ON "usage_events" USING btree ("organisation_id","occurred_on","id");--> statement-breakpoint
CREATE INDEX "usage_events_request_idx" ON "usage_events" USING btree ("request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX "usage_events_recorded_idx" ON "usage_events" USING btree ("centre_id","recorded_at");--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_agreement_fkey" FOREIGN KEY ("centre_id","agreement_version_id") REFERENCES "public"."agreement_versions"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_request_fkey" FOREIGN KEY ("centre_id","organisation_id","request_id") REFERENCES "public"."service_requests"("centre_id","organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_corrects_fkey" FOREIGN KEY ("centre_id","organisation_id","corrects_event_id","occurred_on") REFERENCES "public"."usage_events"("centre_id","organisation_id","id","occurred_on") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_rollup_deltas" ADD CONSTRAINT "usage_rollup_deltas_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_rollups" ADD CONSTRAINT "usage_rollups_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "usage_rollup_deltas_centre_idx" ON "usage_rollup_deltas" USING btree ("centre_id","month");--> statement-breakpoint
CREATE INDEX "usage_rollup_deltas_organisation_idx" ON "usage_rollup_deltas" USING btree ("organisation_id","month");--> statement-breakpoint
CREATE INDEX "usage_rollups_organisation_idx" ON "usage_rollups" USING btree ("organisation_id","month");--> statement-breakpoint
ALTER TABLE "usage_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "usage_events_centre" ON "usage_events" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_events_member" ON "usage_events" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_keys_centre" ON "usage_keys" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_rollup_deltas_centre" ON "usage_rollup_deltas" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when ((select app.hat_kind()) = 'centre' and centre_id = (select app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_rollup_deltas_write" ON "usage_rollup_deltas" AS PERMISSIVE FOR INSERT TO "verbund_app" WITH CHECK (((select app.hat_kind()) = 'centre' and centre_id = (select app.hat_id())));--> statement-breakpoint
CREATE POLICY "usage_rollup_deltas_member" ON "usage_rollup_deltas" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when ((select app.hat_kind()) = 'organisation' and organisation_id = (select app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_rollup_deltas_housekeeping" ON "usage_rollup_deltas" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when ((select app.hat_kind()) = 'identity') then true else false end) WITH CHECK (case when ((select app.hat_kind()) = 'identity') then true else false end);--> statement-breakpoint
CREATE POLICY "usage_rollups_centre" ON "usage_rollups" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when ((select app.hat_kind()) = 'centre' and centre_id = (select app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_rollups_member" ON "usage_rollups" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when ((select app.hat_kind()) = 'organisation' and organisation_id = (select app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_rollups_housekeeping" ON "usage_rollups" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when ((select app.hat_kind()) = 'identity') then true else false end) WITH CHECK (case when ((select app.hat_kind()) = 'identity') then true else false end);--> statement-breakpoint
INSERT INTO usage_rollups (centre_id, month, service_id, organisation_id, meter, unit, source, quantity, event_count)
SELECT centre_id, date_trunc('month', occurred_on)::date, service_id, organisation_id, meter, unit, source, sum(quantity), count(*)
FROM usage_events GROUP BY 1, 2, 3, 4, 5, 6, 7;
--> statement-breakpoint
ALTER TABLE usage_events FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE usage_keys FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE usage_rollups FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE usage_rollup_deltas FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT ON usage_events, usage_keys TO verbund_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON usage_rollups TO verbund_app;
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON usage_rollup_deltas TO verbund_app;
--> statement-breakpoint
CREATE TRIGGER usage_events_append_only BEFORE UPDATE OR DELETE ON usage_events FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
CREATE FUNCTION app.roll_up_usage() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO public.usage_rollup_deltas (centre_id, month, service_id, organisation_id, meter, unit, source, quantity, event_count)
  SELECT centre_id, date_trunc('month', occurred_on)::date, service_id, organisation_id, meter, unit, source, sum(quantity), count(*)
  FROM added GROUP BY 1, 2, 3, 4, 5, 6, 7;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER usage_events_roll_up AFTER INSERT ON usage_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.roll_up_usage();
