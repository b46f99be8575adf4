CREATE TABLE "billing_profiles" (
	"centre_id" uuid PRIMARY KEY NOT NULL,
	"seller" jsonb NOT NULL,
	"payment_days" integer NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "billing_profiles_payment_days_check" CHECK (payment_days between 1 and 365)
);
--> statement-breakpoint
ALTER TABLE "billing_profiles" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "billing_recipients" (
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"buyer" jsonb NOT NULL,
	"email" text,
	"formats" text[] NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "billing_recipients_pkey" PRIMARY KEY("centre_id","organisation_id")
);
--> statement-breakpoint
ALTER TABLE "billing_recipients" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "statement_batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"period_id" uuid NOT NULL,
	"period_code" text NOT NULL,
	"run_id" uuid,
	"status" text NOT NULL,
	"due_on" date,
	"notes" text[] NOT NULL,
	"content_hash" text,
	"blocked" jsonb DEFAULT '[]' NOT NULL,
	"failure" jsonb,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"issued_by" uuid,
	"issued_by_name" text,
	"issued_at" timestamp(3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "statement_batches_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "statement_batches_status_check" CHECK (status in ('preparing', 'ready', 'issuing', 'issued', 'failed', 'discarded'))
);
--> statement-breakpoint
ALTER TABLE "statement_batches" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "statement_documents" (
	"statement_id" uuid NOT NULL,
	"format" text NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"bytes" "bytea" NOT NULL,
	"size_bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "statement_documents_pkey" PRIMARY KEY("statement_id","format"),
	CONSTRAINT "statement_documents_format_check" CHECK (format in ('pdf', 'csv', 'xlsx', 'xrechnung-ubl', 'xrechnung-cii', 'zugferd')),
	CONSTRAINT "statement_documents_sha256_check" CHECK (sha256 = encode(sha256(bytes), 'hex')),
	CONSTRAINT "statement_documents_size_check" CHECK (size_bytes = octet_length(bytes))
);
--> statement-breakpoint
ALTER TABLE "statement_documents" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "statement_lines" (
	"statement_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"vat_determination_id" uuid NOT NULL,
	"net_cents" bigint NOT NULL,
	"run_id" uuid,
	"run_position" integer,
	"usage_links" text[] NOT NULL,
	"line" jsonb NOT NULL,
	CONSTRAINT "statement_lines_pkey" PRIMARY KEY("statement_id","position"),
	CONSTRAINT "statement_lines_run_check" CHECK ((run_id is null) = (run_position is null))
);
--> statement-breakpoint
ALTER TABLE "statement_lines" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "statement_numbers" (
	"centre_id" uuid NOT NULL,
	"year" integer NOT NULL,
	"last" integer NOT NULL,
	CONSTRAINT "statement_numbers_pkey" PRIMARY KEY("centre_id","year")
);
--> statement-breakpoint
ALTER TABLE "statement_numbers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "statements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"batch_id" uuid,
	"kind" integer NOT NULL,
	"vat_group" text NOT NULL,
	"status" text NOT NULL,
	"number" text,
	"run_id" uuid,
	"period_id" uuid,
	"period_code" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"corrects_id" uuid,
	"superseded_by" uuid,
	"agreement_reference" text NOT NULL,
	"notes" text[] NOT NULL,
	"preceding" jsonb NOT NULL,
	"net_cents" bigint NOT NULL,
	"vat_cents" bigint NOT NULL,
	"gross_cents" bigint NOT NULL,
	"prepaid_cents" bigint NOT NULL,
	"payable_cents" bigint NOT NULL,
	"content_hash" text NOT NULL,
	"due_on" date,
	"issued_on" date,
	"issued_at" timestamp(3) with time zone,
	"issued_by" uuid,
	"issued_by_name" text,
	"document" json,
	"rendered_at" timestamp(3) with time zone,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "statements_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "statements_kind_check" CHECK (kind in (326, 380, 384, 381)),
	CONSTRAINT "statements_status_check" CHECK (status in ('draft', 'issued', 'discarded')),
	CONSTRAINT "statements_issued_check" CHECK (case when status = 'issued' then number is not null and issued_on is not null and issued_at is not null and due_on is not null and document is not null else number is null and document is null end),
	CONSTRAINT "statements_corrects_check" CHECK ((kind in (384, 381)) = (corrects_id is not null)),
	CONSTRAINT "statements_days_check" CHECK (ends_on > starts_on),
	CONSTRAINT "statements_sums_check" CHECK (gross_cents = net_cents + vat_cents and payable_cents = gross_cents - prepaid_cents)
);
--> statement-breakpoint
ALTER TABLE "statements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD CONSTRAINT "billing_profiles_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_recipients" ADD CONSTRAINT "billing_recipients_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_batches" ADD CONSTRAINT "statement_batches_period_fkey" FOREIGN KEY ("centre_id","period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_batches" ADD CONSTRAINT "statement_batches_run_fkey" FOREIGN KEY ("centre_id","run_id") REFERENCES "public"."allocation_runs"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_documents" ADD CONSTRAINT "statement_documents_statement_fkey" FOREIGN KEY ("centre_id","statement_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_documents" ADD CONSTRAINT "statement_documents_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_lines" ADD CONSTRAINT "statement_lines_statement_fkey" FOREIGN KEY ("centre_id","statement_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_lines" ADD CONSTRAINT "statement_lines_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_lines" ADD CONSTRAINT "statement_lines_determination_fkey" FOREIGN KEY ("centre_id","vat_determination_id") REFERENCES "public"."vat_determinations"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_lines" ADD CONSTRAINT "statement_lines_run_fkey" FOREIGN KEY ("centre_id","run_id") REFERENCES "public"."allocation_runs"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_lines" ADD CONSTRAINT "statement_lines_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_numbers" ADD CONSTRAINT "statement_numbers_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_batch_fkey" FOREIGN KEY ("centre_id","batch_id") REFERENCES "public"."statement_batches"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_run_fkey" FOREIGN KEY ("centre_id","run_id") REFERENCES "public"."allocation_runs"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_period_fkey" FOREIGN KEY ("centre_id","period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_corrects_fkey" FOREIGN KEY ("centre_id","corrects_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_superseded_by_fkey" FOREIGN KEY ("centre_id","superseded_by") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "statement_batches_open_key" ON "statement_batches" USING btree ("centre_id","period_id") WHERE status in ('preparing', 'ready', 'issuing');--> statement-breakpoint
CREATE INDEX "statement_batches_centre_idx" ON "statement_batches" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "statement_lines_centre_idx" ON "statement_lines" USING btree ("centre_id","statement_id");--> statement-breakpoint
CREATE UNIQUE INDEX "statements_number_key" ON "statements" USING btree ("centre_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "statements_current_key" ON "statements" USING btree ("centre_id","organisation_id","period_id","vat_group") WHERE status = 'issued' and kind in (380, 384) and superseded_by is null;--> statement-breakpoint
CREATE UNIQUE INDEX "statements_corrects_key" ON "statements" USING btree ("corrects_id") WHERE corrects_id is not null and status <> 'discarded';--> statement-breakpoint
CREATE INDEX "statements_centre_idx" ON "statements" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "statements_organisation_idx" ON "statements" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "statements_batch_idx" ON "statements" USING btree ("batch_id","id");--> statement-breakpoint
CREATE INDEX "statements_period_idx" ON "statements" USING btree ("centre_id","period_id","organisation_id");--> statement-breakpoint
CREATE POLICY "billing_profiles_centre" ON "billing_profiles" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "billing_recipients_centre" ON "billing_recipients" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "billing_recipients_member" ON "billing_recipients" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_batches_centre" ON "statement_batches" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_documents_centre" ON "statement_documents" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_documents_member" ON "statement_documents" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and exists (select from statements s where s.id = statement_id and s.status = 'issued')) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_lines_centre" ON "statement_lines" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_lines_member" ON "statement_lines" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and exists (select from statements s where s.id = statement_id and s.status = 'issued')) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_numbers_centre" ON "statement_numbers" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "statements_centre" ON "statements" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "statements_member" ON "statements" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and status = 'issued') then true else false end);