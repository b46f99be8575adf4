CREATE TABLE "usage_year_rollups" (
	"centre_id" uuid NOT NULL,
	"year" date NOT NULL,
	"service_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"meter" text NOT NULL,
	"unit" text NOT NULL,
	"quantity" numeric(30,6) NOT NULL,
	"event_count" integer NOT NULL,
	CONSTRAINT "usage_year_rollups_pkey" PRIMARY KEY("centre_id","year","service_id","organisation_id","meter","unit")
);
--> statement-breakpoint
ALTER TABLE "usage_year_rollups" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "usage_year_rollups" ADD CONSTRAINT "usage_year_rollups_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "usage_year_rollups_organisation_idx" ON "usage_year_rollups" USING btree ("organisation_id","year");--> statement-breakpoint
CREATE POLICY "usage_year_rollups_centre" ON "usage_year_rollups" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when ((select app.hat_kind()) = 'centre' and centre_id = (select app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_year_rollups_member" ON "usage_year_rollups" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when ((select app.hat_kind()) = 'organisation' and organisation_id = (select app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_year_rollups_housekeeping" ON "usage_year_rollups" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when ((select app.hat_kind()) = 'identity') then true else false end) WITH CHECK (case when ((select app.hat_kind()) = 'identity') then true else false end);