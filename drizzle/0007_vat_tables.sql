CREATE TABLE "vat_activity_group_services" (
	"centre_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	CONSTRAINT "vat_activity_group_services_pkey" PRIMARY KEY("centre_id","service_id")
);
--> statement-breakpoint
ALTER TABLE "vat_activity_group_services" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "vat_activity_groups" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "vat_activity_groups_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "vat_activity_groups_name_key" UNIQUE("centre_id","name")
);
--> statement-breakpoint
ALTER TABLE "vat_activity_groups" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "vat_forecasts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"year" integer NOT NULL,
	"amount_cents" bigint NOT NULL,
	"grounds" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_by_name" text NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "vat_forecasts_amount_check" CHECK (amount_cents >= 0)
);
--> statement-breakpoint
ALTER TABLE "vat_forecasts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "vat_turnover_warnings" (
	"centre_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"year" integer NOT NULL,
	"booked_cents" bigint NOT NULL,
	"limit_cents" bigint NOT NULL,
	"rule_set" text NOT NULL,
	"warned_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "vat_turnover_warnings_pkey" PRIMARY KEY("group_id","year")
);
--> statement-breakpoint
ALTER TABLE "vat_turnover_warnings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "vat_coverage" (
	"determination_id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"holds_from" date NOT NULL,
	"holds_to" date,
	"superseded_by" uuid,
	CONSTRAINT "vat_coverage_pkey" PRIMARY KEY("determination_id","organisation_id"),
	CONSTRAINT "vat_coverage_days_check" CHECK (holds_to >= holds_from)
);
--> statement-breakpoint
ALTER TABLE "vat_coverage" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "vat_determination_facts" (
	"determination_id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"facts" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "vat_determination_facts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "vat_determinations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"number" text NOT NULL,
	"status" text NOT NULL,
	"service_id" uuid NOT NULL,
	"service_code" text NOT NULL,
	"service_title" text NOT NULL,
	"member_ids" uuid[] NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"result" text NOT NULL,
	"rule" text NOT NULL,
	"category" text,
	"rate_percent" integer,
	"vatex_code" text,
	"law" text NOT NULL,
	"rule_set" text NOT NULL,
	"trace" text[] NOT NULL,
	"grounds" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"supersedes" uuid[] NOT NULL,
	"content_hash" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"submitted_by" uuid,
	"submitted_by_name" text,
	"submitted_at" timestamp(3) with time zone,
	"approved_by" uuid,
	"approved_by_name" text,
	"approved_at" timestamp(3) with time zone,
	"approved_content_hash" text,
	"ended_by" uuid,
	"ended_by_name" text,
	"ended_at" timestamp(3) with time zone,
	"end_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "vat_determinations_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "vat_determinations_number_key" UNIQUE("centre_id","number"),
	CONSTRAINT "vat_determinations_status_check" CHECK (status in ('review', 'draft', 'submitted', 'in_force', 'superseded', 'rejected')),
	CONSTRAINT "vat_determinations_days_check" CHECK (valid_to > valid_from),
	CONSTRAINT "vat_determinations_four_eyes_check" CHECK (approved_by <> created_by and approved_by <> submitted_by and (status <> 'rejected' or result <> 'REVIEW' or ended_by <> created_by)),
	CONSTRAINT "vat_determinations_approval_check" CHECK (status <> 'in_force' or (approved_by is not null and submitted_by is not null and approved_content_hash = content_hash)),
	CONSTRAINT "vat_determinations_review_check" CHECK (case when result = 'REVIEW' then status in ('review', 'superseded', 'rejected') and approved_by is null else status <> 'review' and jsonb_array_length(evidence) > 0 end),
	CONSTRAINT "vat_determinations_outcome_check" CHECK ((result = 'REVIEW' and category is null and rate_percent is null) or (result = 'OUT_OF_SCOPE' and category = 'O' and rate_percent = 0) or (result = 'EXEMPT' and category = 'E' and rate_percent = 0) or (result = 'TAXABLE' and category = 'S' and rate_percent > 0))
);
--> statement-breakpoint
ALTER TABLE "vat_determinations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "vat_activity_group_services" ADD CONSTRAINT "vat_activity_group_services_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_activity_group_services" ADD CONSTRAINT "vat_activity_group_services_group_fkey" FOREIGN KEY ("centre_id","group_id") REFERENCES "public"."vat_activity_groups"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_activity_groups" ADD CONSTRAINT "vat_activity_groups_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_forecasts" ADD CONSTRAINT "vat_forecasts_group_fkey" FOREIGN KEY ("centre_id","group_id") REFERENCES "public"."vat_activity_groups"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_turnover_warnings" ADD CONSTRAINT "vat_turnover_warnings_group_fkey" FOREIGN KEY ("centre_id","group_id") REFERENCES "public"."vat_activity_groups"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_coverage" ADD CONSTRAINT "vat_coverage_determination_fkey" FOREIGN KEY ("centre_id","determination_id") REFERENCES "public"."vat_determinations"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_coverage" ADD CONSTRAINT "vat_coverage_superseded_by_fkey" FOREIGN KEY ("centre_id","superseded_by") REFERENCES "public"."vat_determinations"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_coverage" ADD CONSTRAINT "vat_coverage_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_coverage" ADD CONSTRAINT "vat_coverage_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_determination_facts" ADD CONSTRAINT "vat_determination_facts_determination_fkey" FOREIGN KEY ("centre_id","determination_id") REFERENCES "public"."vat_determinations"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vat_determinations" ADD CONSTRAINT "vat_determinations_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "vat_activity_group_services_group_idx" ON "vat_activity_group_services" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "vat_forecasts_group_idx" ON "vat_forecasts" USING btree ("group_id","year","id");--> statement-breakpoint
CREATE INDEX "vat_coverage_lookup_idx" ON "vat_coverage" USING btree ("centre_id","service_id","organisation_id","holds_from");--> statement-breakpoint
CREATE INDEX "vat_determinations_centre_idx" ON "vat_determinations" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "vat_determinations_status_idx" ON "vat_determinations" USING btree ("centre_id","status","id");--> statement-breakpoint
CREATE INDEX "vat_determinations_service_idx" ON "vat_determinations" USING btree ("centre_id","service_id","id");--> statement-breakpoint
CREATE INDEX "vat_determinations_members_idx" ON "vat_determinations" USING gin ("member_ids");--> statement-breakpoint
CREATE POLICY "vat_activity_group_services_centre" ON "vat_activity_group_services" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "vat_activity_groups_centre" ON "vat_activity_groups" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "vat_forecasts_centre" ON "vat_forecasts" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "vat_turnover_warnings_centre" ON "vat_turnover_warnings" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "vat_coverage_centre" ON "vat_coverage" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "vat_coverage_member" ON "vat_coverage" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "vat_determination_facts_centre" ON "vat_determination_facts" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "vat_determinations_centre" ON "vat_determinations" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "vat_determinations_member" ON "vat_determinations" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and approved_at is not null and app.hat_id() = any (member_ids)) then true else false end);