CREATE TABLE "statement_dispatch_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"statement_id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"dispatch_id" uuid NOT NULL,
	"status" text NOT NULL,
	"answer" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "statement_dispatch_attempts_status_check" CHECK (status in ('sent', 'refused', 'failed'))
);
--> statement-breakpoint
ALTER TABLE "statement_dispatch_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "statement_dispatches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"statement_id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"trigger" text NOT NULL,
	"reason" text,
	"recipient" text NOT NULL,
	"files" jsonb NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_by_name" text NOT NULL,
	"requested_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "statement_dispatches_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "statement_dispatches_trigger_check" CHECK (trigger in ('automatic', 'manual')),
	CONSTRAINT "statement_dispatches_reason_check" CHECK ((trigger = 'manual') = (reason is not null))
);
--> statement-breakpoint
ALTER TABLE "statement_dispatches" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "statement_validations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"statement_id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"format" text NOT NULL,
	"document_sha256" text NOT NULL,
	"accepted" boolean NOT NULL,
	"report" "bytea" NOT NULL,
	"report_size_bytes" integer NOT NULL,
	"report_sha256" text NOT NULL,
	"validator" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "statement_validations_sha256_check" CHECK (report_sha256 = encode(sha256(report), 'hex')),
	CONSTRAINT "statement_validations_size_check" CHECK (report_size_bytes = octet_length(report))
);
--> statement-breakpoint
ALTER TABLE "statement_validations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "statement_dispatch_attempts" ADD CONSTRAINT "statement_dispatch_attempts_dispatch_fkey" FOREIGN KEY ("centre_id","dispatch_id") REFERENCES "public"."statement_dispatches"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_dispatch_attempts" ADD CONSTRAINT "statement_dispatch_attempts_statement_fkey" FOREIGN KEY ("centre_id","statement_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_dispatch_attempts" ADD CONSTRAINT "statement_dispatch_attempts_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_dispatches" ADD CONSTRAINT "statement_dispatches_statement_fkey" FOREIGN KEY ("centre_id","statement_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_dispatches" ADD CONSTRAINT "statement_dispatches_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_validations" ADD CONSTRAINT "statement_validations_statement_fkey" FOREIGN KEY ("centre_id","statement_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_validations" ADD CONSTRAINT "statement_validations_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "statement_dispatch_attempts_end_key" ON "statement_dispatch_attempts" USING btree ("dispatch_id") WHERE status in ('sent', 'refused');--> statement-breakpoint
CREATE INDEX "statement_dispatch_attempts_dispatch_idx" ON "statement_dispatch_attempts" USING btree ("dispatch_id","id");--> statement-breakpoint
CREATE INDEX "statement_dispatch_attempts_statement_idx" ON "statement_dispatch_attempts" USING btree ("statement_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "statement_dispatches_automatic_key" ON "statement_dispatches" USING btree ("statement_id") WHERE trigger = 'automatic';--> statement-breakpoint
CREATE INDEX "statement_dispatches_statement_idx" ON "statement_dispatches" USING btree ("statement_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "statement_validations_format_key" ON "statement_validations" USING btree ("statement_id","format");--> statement-breakpoint
CREATE POLICY "statement_dispatch_attempts_centre" ON "statement_dispatch_attempts" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_dispatch_attempts_member" ON "statement_dispatch_attempts" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and exists (select from statements s where s.id = statement_id and s.status = 'issued')) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_dispatches_centre" ON "statement_dispatches" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_dispatches_member" ON "statement_dispatches" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and exists (select from statements s where s.id = statement_id and s.status = 'issued')) then true else false end);--> statement-breakpoint
CREATE POLICY "statement_validations_centre" ON "statement_validations" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);