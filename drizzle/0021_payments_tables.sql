CREATE TABLE "dunning_notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"number" text NOT NULL,
	"level" integer NOT NULL,
	"issued_on" date NOT NULL,
	"pay_until" date NOT NULL,
	"amount_cents" bigint NOT NULL,
	"items" jsonb NOT NULL,
	"chain_ids" uuid[] NOT NULL,
	"bytes" "bytea" NOT NULL,
	"sha256" text NOT NULL,
	"issued_by" uuid NOT NULL,
	"issued_by_name" text NOT NULL,
	"issued_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "dunning_notices_number_key" UNIQUE("centre_id","number"),
	CONSTRAINT "dunning_notices_day_key" UNIQUE("centre_id","organisation_id","issued_on"),
	CONSTRAINT "dunning_notices_level_check" CHECK (level between 1 and 3),
	CONSTRAINT "dunning_notices_sha256_check" CHECK (sha256 = encode(sha256(bytes), 'hex'))
);
--> statement-breakpoint
ALTER TABLE "dunning_notices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "instalment_plan_shares" (
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"service_code" text NOT NULL,
	"service_title" text NOT NULL,
	"text" text NOT NULL,
	"agreement_reference" text NOT NULL,
	"vat_group" text NOT NULL,
	"amount_cents" bigint NOT NULL,
	"derivation" jsonb,
	CONSTRAINT "instalment_plan_shares_pkey" PRIMARY KEY("plan_id","position")
);
--> statement-breakpoint
ALTER TABLE "instalment_plan_shares" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "instalment_plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"number" text NOT NULL,
	"status" text NOT NULL,
	"period_id" uuid NOT NULL,
	"period_code" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"basis" text NOT NULL,
	"result_hash" text,
	"due_on" text[] NOT NULL,
	"issue_days_before" integer NOT NULL,
	"replaces_id" uuid,
	"invoiced_cents" bigint NOT NULL,
	"amount_cents" bigint NOT NULL,
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
	"ended_from" date,
	"ended_by" uuid,
	"ended_by_name" text,
	"ended_at" timestamp(3) with time zone,
	"end_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "instalment_plans_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "instalment_plans_number_key" UNIQUE("centre_id","number"),
	CONSTRAINT "instalment_plans_status_check" CHECK (status in ('draft', 'submitted', 'in_force', 'ended', 'rejected')),
	CONSTRAINT "instalment_plans_basis_check" CHECK (basis in ('budget', 'stated')),
	CONSTRAINT "instalment_plans_due_check" CHECK (cardinality(due_on) between 1 and 60),
	CONSTRAINT "instalment_plans_days_before_check" CHECK (issue_days_before between 0 and 90),
	CONSTRAINT "instalment_plans_four_eyes_check" CHECK (approved_by <> created_by and approved_by <> submitted_by),
	CONSTRAINT "instalment_plans_approval_check" CHECK (status <> 'in_force' or (approved_by is not null and submitted_by is not null and approved_content_hash = content_hash)),
	CONSTRAINT "instalment_plans_ended_check" CHECK ((status = 'ended') = (ended_from is not null))
);
--> statement-breakpoint
ALTER TABLE "instalment_plans" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "instalments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"plan_id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"vat_group" text NOT NULL,
	"due_on" date NOT NULL,
	"number" integer NOT NULL,
	"issue_on" date NOT NULL,
	"amount_cents" bigint NOT NULL,
	"status" text NOT NULL,
	"statement_id" uuid,
	"problems" jsonb DEFAULT '[]' NOT NULL,
	"checked_at" timestamp(3) with time zone,
	CONSTRAINT "instalments_once_key" UNIQUE("plan_id","organisation_id","vat_group","due_on"),
	CONSTRAINT "instalments_status_check" CHECK (status in ('pending', 'blocked', 'issued', 'cancelled', 'nothing_due')),
	CONSTRAINT "instalments_issued_check" CHECK ((status = 'issued') = (statement_id is not null))
);
--> statement-breakpoint
ALTER TABLE "instalments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "bank_statement_imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"file_hash" text NOT NULL,
	"message_id" text NOT NULL,
	"format" text NOT NULL,
	"statements" jsonb NOT NULL,
	"statement_keys" text[] NOT NULL,
	"entry_count" integer NOT NULL,
	"matched_count" integer NOT NULL,
	"unclear_count" integer NOT NULL,
	"amount_cents" bigint NOT NULL,
	"imported_by" uuid NOT NULL,
	"imported_by_name" text NOT NULL,
	"imported_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "bank_statement_imports_centre_id_key" UNIQUE("centre_id","id")
);
--> statement-breakpoint
ALTER TABLE "bank_statement_imports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "payer_accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"iban" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_by_name" text NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	"retired_at" timestamp(3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "payer_accounts_centre_id_key" UNIQUE("centre_id","id")
);
--> statement-breakpoint
ALTER TABLE "payer_accounts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "payment_matches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"statement_id" uuid NOT NULL,
	"chain_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"basis" text NOT NULL,
	"releases_id" uuid,
	"matched_by" uuid NOT NULL,
	"matched_by_name" text NOT NULL,
	"matched_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "payment_matches_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "payment_matches_basis_check" CHECK (basis in ('number', 'numbers', 'amount', 'by_hand', 'offset', 'reversal')),
	CONSTRAINT "payment_matches_amount_check" CHECK (amount_cents <> 0)
);
--> statement-breakpoint
ALTER TABLE "payment_matches" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid,
	"kind" text NOT NULL,
	"amount_cents" bigint NOT NULL,
	"booked_on" date NOT NULL,
	"text" text NOT NULL,
	"counterparty_name" text,
	"counterparty_iban" text,
	"bank_reference" text,
	"import_id" uuid,
	"position" integer,
	"entry_key" text,
	"reverses_id" uuid,
	"unclear_reason" text,
	"candidates" uuid[] NOT NULL,
	"cleared_by" uuid,
	"cleared_by_name" text,
	"cleared_at" timestamp(3) with time zone,
	"recorded_by" uuid NOT NULL,
	"recorded_by_name" text NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "payments_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "payments_kind_check" CHECK (kind in ('by_hand', 'bank', 'offset', 'reversal')),
	CONSTRAINT "payments_amount_check" CHECK ((amount_cents = 0) <= (kind in ('offset', 'reversal')) and abs(amount_cents) <= 9007199254740991),
	CONSTRAINT "payments_offset_check" CHECK (kind <> 'offset' or amount_cents = 0),
	CONSTRAINT "payments_reversal_check" CHECK ((kind = 'reversal') = (reverses_id is not null)),
	CONSTRAINT "payments_bank_check" CHECK ((kind = 'bank') = (entry_key is not null and import_id is not null)),
	CONSTRAINT "payments_cleared_check" CHECK (cleared_at is null or unclear_reason is not null)
);
--> statement-breakpoint
ALTER TABLE "payments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "settlements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"period_id" uuid NOT NULL,
	"period_code" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"members" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"settled_by" uuid NOT NULL,
	"settled_by_name" text NOT NULL,
	"settled_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "settlements_period_key" UNIQUE("centre_id","period_id"),
	CONSTRAINT "settlements_hash_check" CHECK (content_hash ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "settlements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "dunning_notices" ADD CONSTRAINT "dunning_notices_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalment_plan_shares" ADD CONSTRAINT "instalment_plan_shares_plan_fkey" FOREIGN KEY ("centre_id","plan_id") REFERENCES "public"."instalment_plans"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalment_plan_shares" ADD CONSTRAINT "instalment_plan_shares_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalment_plan_shares" ADD CONSTRAINT "instalment_plan_shares_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalment_plans" ADD CONSTRAINT "instalment_plans_period_fkey" FOREIGN KEY ("centre_id","period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalment_plans" ADD CONSTRAINT "instalment_plans_replaces_fkey" FOREIGN KEY ("centre_id","replaces_id") REFERENCES "public"."instalment_plans"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalments" ADD CONSTRAINT "instalments_plan_fkey" FOREIGN KEY ("centre_id","plan_id") REFERENCES "public"."instalment_plans"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalments" ADD CONSTRAINT "instalments_statement_fkey" FOREIGN KEY ("centre_id","statement_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalments" ADD CONSTRAINT "instalments_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_statement_imports" ADD CONSTRAINT "bank_statement_imports_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payer_accounts" ADD CONSTRAINT "payer_accounts_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_matches" ADD CONSTRAINT "payment_matches_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_matches" ADD CONSTRAINT "payment_matches_payment_fkey" FOREIGN KEY ("centre_id","payment_id") REFERENCES "public"."payments"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_matches" ADD CONSTRAINT "payment_matches_statement_fkey" FOREIGN KEY ("centre_id","statement_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_matches" ADD CONSTRAINT "payment_matches_chain_fkey" FOREIGN KEY ("centre_id","chain_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_matches" ADD CONSTRAINT "payment_matches_releases_fkey" FOREIGN KEY ("centre_id","releases_id") REFERENCES "public"."payment_matches"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_import_fkey" FOREIGN KEY ("centre_id","import_id") REFERENCES "public"."bank_statement_imports"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_reverses_fkey" FOREIGN KEY ("centre_id","reverses_id") REFERENCES "public"."payments"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlements" ADD CONSTRAINT "settlements_period_fkey" FOREIGN KEY ("centre_id","period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dunning_notices_centre_idx" ON "dunning_notices" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "dunning_notices_organisation_idx" ON "dunning_notices" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "instalment_plans_in_force_key" ON "instalment_plans" USING btree ("centre_id","period_id") WHERE status = 'in_force';--> statement-breakpoint
CREATE INDEX "instalment_plans_centre_idx" ON "instalment_plans" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "instalment_plans_period_idx" ON "instalment_plans" USING btree ("centre_id","period_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "instalments_statement_key" ON "instalments" USING btree ("statement_id");--> statement-breakpoint
CREATE INDEX "instalments_plan_idx" ON "instalments" USING btree ("plan_id","due_on","id");--> statement-breakpoint
CREATE INDEX "instalments_due_idx" ON "instalments" USING btree ("centre_id","issue_on") WHERE status in ('pending', 'blocked');--> statement-breakpoint
CREATE INDEX "bank_statement_imports_keys_idx" ON "bank_statement_imports" USING gin ("statement_keys");--> statement-breakpoint
CREATE INDEX "bank_statement_imports_centre_idx" ON "bank_statement_imports" USING btree ("centre_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "payer_accounts_iban_key" ON "payer_accounts" USING btree ("centre_id","iban","organisation_id") WHERE retired_at is null;--> statement-breakpoint
CREATE INDEX "payment_matches_chain_idx" ON "payment_matches" USING btree ("chain_id");--> statement-breakpoint
CREATE INDEX "payment_matches_payment_idx" ON "payment_matches" USING btree ("payment_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_matches_releases_key" ON "payment_matches" USING btree ("releases_id") WHERE releases_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "payments_entry_key" ON "payments" USING btree ("centre_id","entry_key") WHERE entry_key is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "payments_reverses_key" ON "payments" USING btree ("reverses_id") WHERE reverses_id is not null;--> statement-breakpoint
CREATE INDEX "payments_centre_idx" ON "payments" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "payments_organisation_idx" ON "payments" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "payments_import_idx" ON "payments" USING btree ("import_id","position") WHERE import_id is not null;--> statement-breakpoint
CREATE INDEX "payments_unclear_idx" ON "payments" USING btree ("centre_id","id") WHERE unclear_reason is not null and cleared_at is null;--> statement-breakpoint
CREATE INDEX "settlements_centre_idx" ON "settlements" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "statements_claims_idx" ON "statements" USING btree ("centre_id","due_on","id") WHERE status = 'issued' and superseded_by is null;--> statement-breakpoint
CREATE INDEX "statements_member_claims_idx" ON "statements" USING btree ("organisation_id","due_on","id") WHERE status = 'issued' and superseded_by is null;--> statement-breakpoint
CREATE POLICY "dunning_notices_centre" ON "dunning_notices" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "dunning_notices_member" ON "dunning_notices" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "instalment_plan_shares_centre" ON "instalment_plan_shares" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "instalment_plans_centre" ON "instalment_plans" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "instalments_centre" ON "instalments" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "bank_statement_imports_centre" ON "bank_statement_imports" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "payer_accounts_centre" ON "payer_accounts" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "payment_matches_centre" ON "payment_matches" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "payment_matches_member" ON "payment_matches" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "payments_centre" ON "payments" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "payments_member" ON "payments" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "settlements_centre" ON "settlements" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);