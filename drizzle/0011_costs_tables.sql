CREATE TABLE "cost_centres" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"service_id" uuid,
	"retired_on" date,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cost_centres_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "cost_centres_code_key" UNIQUE("centre_id","code"),
	CONSTRAINT "cost_centres_code_check" CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'),
	CONSTRAINT "cost_centres_type_check" CHECK (type in ('support', 'final')),
	CONSTRAINT "cost_centres_service_check" CHECK ((type = 'final') = (service_id is not null))
);
--> statement-breakpoint
ALTER TABLE "cost_centres" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "cost_line_mappings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"name" text NOT NULL,
	"columns" jsonb NOT NULL,
	"categories" jsonb NOT NULL,
	"day_format" text NOT NULL,
	"number_format" text NOT NULL,
	"sign" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cost_line_mappings_name_key" UNIQUE("centre_id","name"),
	CONSTRAINT "cost_line_mappings_day_check" CHECK (day_format in ('iso', 'german', 'compact')),
	CONSTRAINT "cost_line_mappings_number_check" CHECK (number_format in ('german', 'english')),
	CONSTRAINT "cost_line_mappings_sign_check" CHECK (sign in ('cost_positive', 'cost_negative', 'debit_credit'))
);
--> statement-breakpoint
ALTER TABLE "cost_line_mappings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "secondary_plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"as_of" date NOT NULL,
	"method" text NOT NULL,
	"step_order" text[],
	"use" jsonb NOT NULL,
	"source" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "secondary_plans_number_key" UNIQUE("centre_id","number"),
	CONSTRAINT "secondary_plans_method_check" CHECK (method in ('direct', 'step_down', 'reciprocal'))
);
--> statement-breakpoint
ALTER TABLE "secondary_plans" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "cost_lines" ALTER COLUMN "service_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD COLUMN "billing_period_id" uuid;--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD COLUMN "billing_period_code" text;--> statement-breakpoint
ALTER TABLE "cost_lines" ADD COLUMN "cost_centre_id" uuid;--> statement-breakpoint
ALTER TABLE "cost_lines" ADD COLUMN "kind" text DEFAULT 'actual' NOT NULL;--> statement-breakpoint
ALTER TABLE "cost_lines" ADD COLUMN "category" text DEFAULT 'cost' NOT NULL;--> statement-breakpoint
ALTER TABLE "cost_lines" ADD COLUMN "grant_tags" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "cost_centres" ADD CONSTRAINT "cost_centres_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_centres" ADD CONSTRAINT "cost_centres_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_line_mappings" ADD CONSTRAINT "cost_line_mappings_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "secondary_plans" ADD CONSTRAINT "secondary_plans_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cost_centres_service_idx" ON "cost_centres" USING btree ("centre_id","service_id");--> statement-breakpoint
CREATE INDEX "secondary_plans_newest_idx" ON "secondary_plans" USING btree ("centre_id","as_of","number");--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD CONSTRAINT "allocation_runs_billing_period_fkey" FOREIGN KEY ("centre_id","billing_period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_lines" ADD CONSTRAINT "cost_lines_cost_centre_fkey" FOREIGN KEY ("centre_id","cost_centre_id") REFERENCES "public"."cost_centres"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cost_lines_cost_centre_idx" ON "cost_lines" USING btree ("centre_id","cost_centre_id","booked_on");--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD CONSTRAINT "allocation_runs_billing_period_check" CHECK ((billing_period_id is null) = (billing_period_code is null) and (billing_period_id is null or corrects_run_id is not null));--> statement-breakpoint
ALTER TABLE "cost_lines" ADD CONSTRAINT "cost_lines_place_check" CHECK ((service_id is null) <> (cost_centre_id is null));--> statement-breakpoint
ALTER TABLE "cost_lines" ADD CONSTRAINT "cost_lines_kind_check" CHECK (kind in ('actual', 'budget'));--> statement-breakpoint
ALTER TABLE "cost_lines" ADD CONSTRAINT "cost_lines_category_check" CHECK (category in ('cost', 'grant', 'other_income'));--> statement-breakpoint
CREATE POLICY "cost_centres_centre" ON "cost_centres" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "cost_line_mappings_centre" ON "cost_line_mappings" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "secondary_plans_centre" ON "secondary_plans" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);