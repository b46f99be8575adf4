CREATE TABLE "ledger_account_plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"valid_from" date NOT NULL,
	"name" text NOT NULL,
	"collective_debtor" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "ledger_account_plans_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "ledger_account_plans_valid_from_key" UNIQUE("centre_id","valid_from")
);
--> statement-breakpoint
ALTER TABLE "ledger_account_plans" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ledger_account_rules" (
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"centre_id" uuid NOT NULL,
	"service_id" uuid,
	"kind" text,
	"vat_category" text,
	"rate_percent" text,
	"account" text NOT NULL,
	"product" text,
	"cost_object" text,
	"vat_account" text,
	"tax_key" text,
	CONSTRAINT "ledger_account_rules_pkey" PRIMARY KEY("plan_id","position"),
	CONSTRAINT "ledger_account_rules_key" UNIQUE NULLS NOT DISTINCT("plan_id","service_id","kind","vat_category","rate_percent"),
	CONSTRAINT "ledger_account_rules_kind_check" CHECK (kind in ('instalment', 'settlement', 'correction', 'credit')),
	CONSTRAINT "ledger_account_rules_vat_check" CHECK (vat_category in ('S', 'E', 'O')),
	CONSTRAINT "ledger_account_rules_rate_check" CHECK (rate_percent is null or vat_category = 'S')
);
--> statement-breakpoint
ALTER TABLE "ledger_account_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ledger_debtors" (
	"plan_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"account" text NOT NULL,
	CONSTRAINT "ledger_debtors_pkey" PRIMARY KEY("plan_id","organisation_id")
);
--> statement-breakpoint
ALTER TABLE "ledger_debtors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ledger_export_numbers" (
	"centre_id" uuid PRIMARY KEY NOT NULL,
	"last" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ledger_export_numbers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ledger_export_profiles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "ledger_export_profiles_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "ledger_export_profiles_name_key" UNIQUE("centre_id","name")
);
--> statement-breakpoint
ALTER TABLE "ledger_export_profiles" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ledger_export_statements" (
	"statement_id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"export_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"debtor_account" text NOT NULL,
	"entries" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ledger_export_statements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ledger_exports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"number" text NOT NULL,
	"repeats_id" uuid,
	"reason" text,
	"profile_id" uuid NOT NULL,
	"profile" jsonb NOT NULL,
	"starts_on" date,
	"ends_on" date,
	"period_id" uuid,
	"file_name" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"size_bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"statement_count" integer NOT NULL,
	"booking_count" integer NOT NULL,
	"row_count" integer NOT NULL,
	"revenue_cents" bigint NOT NULL,
	"advance_cents" bigint NOT NULL,
	"vat_cents" bigint NOT NULL,
	"debtor_cents" bigint NOT NULL,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "ledger_exports_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "ledger_exports_number_key" UNIQUE("centre_id","number"),
	CONSTRAINT "ledger_exports_repeats_check" CHECK ((repeats_id is null) = (reason is null)),
	CONSTRAINT "ledger_exports_sums_check" CHECK (debtor_cents = revenue_cents + advance_cents + vat_cents),
	CONSTRAINT "ledger_exports_sha256_check" CHECK (sha256 = encode(sha256(bytes), 'hex')),
	CONSTRAINT "ledger_exports_size_check" CHECK (size_bytes = octet_length(bytes))
);
--> statement-breakpoint
ALTER TABLE "ledger_exports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "ledger_account_plans" ADD CONSTRAINT "ledger_account_plans_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_account_rules" ADD CONSTRAINT "ledger_account_rules_plan_fkey" FOREIGN KEY ("centre_id","plan_id") REFERENCES "public"."ledger_account_plans"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_account_rules" ADD CONSTRAINT "ledger_account_rules_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_debtors" ADD CONSTRAINT "ledger_debtors_plan_fkey" FOREIGN KEY ("centre_id","plan_id") REFERENCES "public"."ledger_account_plans"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_debtors" ADD CONSTRAINT "ledger_debtors_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_export_numbers" ADD CONSTRAINT "ledger_export_numbers_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_export_profiles" ADD CONSTRAINT "ledger_export_profiles_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_export_statements" ADD CONSTRAINT "ledger_export_statements_statement_fkey" FOREIGN KEY ("centre_id","statement_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_export_statements" ADD CONSTRAINT "ledger_export_statements_export_fkey" FOREIGN KEY ("centre_id","export_id") REFERENCES "public"."ledger_exports"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_export_statements" ADD CONSTRAINT "ledger_export_statements_plan_fkey" FOREIGN KEY ("centre_id","plan_id") REFERENCES "public"."ledger_account_plans"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_exports" ADD CONSTRAINT "ledger_exports_repeats_fkey" FOREIGN KEY ("centre_id","repeats_id") REFERENCES "public"."ledger_exports"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_exports" ADD CONSTRAINT "ledger_exports_profile_fkey" FOREIGN KEY ("centre_id","profile_id") REFERENCES "public"."ledger_export_profiles"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_exports" ADD CONSTRAINT "ledger_exports_period_fkey" FOREIGN KEY ("centre_id","period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ledger_export_statements_export_idx" ON "ledger_export_statements" USING btree ("export_id");--> statement-breakpoint
CREATE INDEX "ledger_export_statements_plan_idx" ON "ledger_export_statements" USING btree ("plan_id");--> statement-breakpoint
CREATE INDEX "ledger_exports_centre_idx" ON "ledger_exports" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "ledger_exports_repeats_idx" ON "ledger_exports" USING btree ("repeats_id");--> statement-breakpoint
CREATE POLICY "ledger_account_plans_centre" ON "ledger_account_plans" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "ledger_account_rules_centre" ON "ledger_account_rules" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "ledger_debtors_centre" ON "ledger_debtors" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "ledger_export_numbers_centre" ON "ledger_export_numbers" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "ledger_export_profiles_centre" ON "ledger_export_profiles" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "ledger_export_statements_centre" ON "ledger_export_statements" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "ledger_exports_centre" ON "ledger_exports" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);