CREATE TABLE "grant_clawbacks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"grant_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"amount_cents" bigint NOT NULL,
	"reason" text NOT NULL,
	"grounds" text NOT NULL,
	"reference" text,
	"demanded_on" date NOT NULL,
	"due_on" date NOT NULL,
	"derivation" jsonb NOT NULL,
	"repaid_on" date,
	"booked_on" date,
	"voucher_number" text,
	"cost_line_id" uuid,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"ended_by" uuid,
	"ended_by_name" text,
	"ended_at" timestamp(3) with time zone,
	"end_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "grant_clawbacks_number_key" UNIQUE("grant_id","number"),
	CONSTRAINT "grant_clawbacks_cost_line_key" UNIQUE("cost_line_id"),
	CONSTRAINT "grant_clawbacks_status_check" CHECK (status in ('demanded', 'repaid', 'cancelled')),
	CONSTRAINT "grant_clawbacks_reason_check" CHECK (reason in ('eligible_cost', 'purpose_ended', 'other')),
	CONSTRAINT "grant_clawbacks_amount_check" CHECK (amount_cents > 0),
	CONSTRAINT "grant_clawbacks_repaid_check" CHECK (case when status = 'repaid' then num_nulls(repaid_on, booked_on, cost_line_id, ended_by) = 0 else num_nonnulls(repaid_on, booked_on, cost_line_id) = 0 end)
);
--> statement-breakpoint
ALTER TABLE "grant_clawbacks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "grant_drawdowns" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"grant_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"amount_cents" bigint NOT NULL,
	"requested_on" date NOT NULL,
	"cost_to" date NOT NULL,
	"eligible_cents" bigint NOT NULL,
	"entitled_cents" bigint NOT NULL,
	"received_cents" bigint,
	"received_on" date,
	"booked_on" date,
	"voucher_number" text,
	"cost_line_id" uuid,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"ended_by" uuid,
	"ended_by_name" text,
	"ended_at" timestamp(3) with time zone,
	"end_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "grant_drawdowns_number_key" UNIQUE("grant_id","number"),
	CONSTRAINT "grant_drawdowns_cost_line_key" UNIQUE("cost_line_id"),
	CONSTRAINT "grant_drawdowns_status_check" CHECK (status in ('requested', 'received', 'cancelled')),
	CONSTRAINT "grant_drawdowns_amount_check" CHECK (amount_cents > 0 and amount_cents <= entitled_cents),
	CONSTRAINT "grant_drawdowns_received_check" CHECK (case when status = 'received' then num_nulls(received_cents, received_on, booked_on, cost_line_id, ended_by) = 0 and received_cents between 1 and amount_cents else num_nonnulls(received_cents, received_on, booked_on, cost_line_id) = 0 end)
);
--> statement-breakpoint
ALTER TABLE "grant_drawdowns" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "grant_programmes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"name" text NOT NULL,
	"authority" text NOT NULL,
	"reference_title" text NOT NULL,
	"reference_on" date NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_by_name" text NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "grant_programmes_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "grant_programmes_name_key" UNIQUE("centre_id","name")
);
--> statement-breakpoint
ALTER TABLE "grant_programmes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "grant_rule_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"programme_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"valid_from" date NOT NULL,
	"base_cents" bigint NOT NULL,
	"step_cents" bigint NOT NULL,
	"single_party_cents" bigint NOT NULL,
	"percent" text NOT NULL,
	"savings_percent" text NOT NULL,
	"purpose_years" integer NOT NULL,
	"proof_due_months" integer NOT NULL,
	"eligible_tags" text[] NOT NULL,
	"source" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_by_name" text NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "grant_rule_versions_centre_id_key" UNIQUE("centre_id","programme_id","id"),
	CONSTRAINT "grant_rule_versions_number_key" UNIQUE("programme_id","number"),
	CONSTRAINT "grant_rule_versions_amounts_check" CHECK (least(base_cents, step_cents, single_party_cents, purpose_years, proof_due_months) >= 0),
	CONSTRAINT "grant_rule_versions_percent_check" CHECK (percent::numeric between 0 and 100 and savings_percent::numeric between 0 and 100)
);
--> statement-breakpoint
ALTER TABLE "grant_rule_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "grant_parties" (
	"grant_id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"decided_on" date,
	"decision_reference" text,
	CONSTRAINT "grant_parties_pkey" PRIMARY KEY("grant_id","organisation_id"),
	CONSTRAINT "grant_parties_decision_check" CHECK ((decided_on is null) = (decision_reference is null))
);
--> statement-breakpoint
ALTER TABLE "grant_parties" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "grant_reminders" (
	"centre_id" uuid NOT NULL,
	"grant_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"due_on" date NOT NULL,
	"reminded_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "grant_reminders_pkey" PRIMARY KEY("grant_id","kind","due_on"),
	CONSTRAINT "grant_reminders_kind_check" CHECK (kind in ('proof_soon', 'proof_overdue'))
);
--> statement-breakpoint
ALTER TABLE "grant_reminders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"number" text NOT NULL,
	"title" text NOT NULL,
	"status" text NOT NULL,
	"programme_id" uuid NOT NULL,
	"rule_version_id" uuid NOT NULL,
	"service_id" uuid,
	"cost_centre_id" uuid,
	"cost_type" text NOT NULL,
	"applied_on" date NOT NULL,
	"party_ids" uuid[] NOT NULL,
	"lead_id" uuid NOT NULL,
	"tags" text[] NOT NULL,
	"cost_before_cents" bigint NOT NULL,
	"cost_after_cents" bigint NOT NULL,
	"savings_justification" text,
	"planned_eligible_cents" bigint NOT NULL,
	"notice_number" text,
	"notice_on" date,
	"awarded_cents" bigint,
	"approved_from" date,
	"approved_to" date,
	"purpose_ends_on" date,
	"proof_due_on" date,
	"notice_by" uuid,
	"notice_by_name" text,
	"notice_at" timestamp(3) with time zone,
	"content_hash" text,
	"awarded_by" uuid,
	"awarded_by_name" text,
	"awarded_at" timestamp(3) with time zone,
	"awarded_content_hash" text,
	"proof_on" date,
	"proof_reference" text,
	"proof_eligible_cents" bigint,
	"proof_grant_cents" bigint,
	"proof_hash" text,
	"proof_by" uuid,
	"proof_by_name" text,
	"proof_at" timestamp(3) with time zone,
	"ended_by" uuid,
	"ended_by_name" text,
	"ended_at" timestamp(3) with time zone,
	"end_reason" text,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "grants_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "grants_number_key" UNIQUE("centre_id","number"),
	CONSTRAINT "grants_status_check" CHECK (status in ('draft', 'applied', 'noticed', 'awarded', 'proved', 'closed', 'withdrawn')),
	CONSTRAINT "grants_place_check" CHECK ((service_id is null) <> (cost_centre_id is null)),
	CONSTRAINT "grants_lead_check" CHECK (lead_id = any (party_ids)),
	CONSTRAINT "grants_amounts_check" CHECK (cost_before_cents > 0 and cost_after_cents >= 0 and planned_eligible_cents > 0 and awarded_cents > 0),
	CONSTRAINT "grants_days_check" CHECK (approved_to > approved_from and purpose_ends_on >= approved_to),
	CONSTRAINT "grants_four_eyes_check" CHECK (awarded_by <> notice_by),
	CONSTRAINT "grants_notice_check" CHECK (status in ('draft', 'applied', 'withdrawn') or num_nulls(notice_number, notice_on, awarded_cents, approved_from, approved_to, purpose_ends_on, proof_due_on, notice_by, content_hash) = 0),
	CONSTRAINT "grants_award_check" CHECK ((status in ('awarded', 'proved', 'closed')) = (awarded_by is not null) and awarded_content_hash is not distinct from case when awarded_by is not null then content_hash end),
	CONSTRAINT "grants_proof_check" CHECK ((status in ('proved', 'closed')) = (proof_on is not null) and (proof_on is null) = (proof_hash is null))
);
--> statement-breakpoint
ALTER TABLE "grants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "grant_clawbacks" ADD CONSTRAINT "grant_clawbacks_grant_fkey" FOREIGN KEY ("centre_id","grant_id") REFERENCES "public"."grants"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_drawdowns" ADD CONSTRAINT "grant_drawdowns_grant_fkey" FOREIGN KEY ("centre_id","grant_id") REFERENCES "public"."grants"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_programmes" ADD CONSTRAINT "grant_programmes_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_rule_versions" ADD CONSTRAINT "grant_rule_versions_programme_fkey" FOREIGN KEY ("centre_id","programme_id") REFERENCES "public"."grant_programmes"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_parties" ADD CONSTRAINT "grant_parties_grant_fkey" FOREIGN KEY ("centre_id","grant_id") REFERENCES "public"."grants"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_parties" ADD CONSTRAINT "grant_parties_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_reminders" ADD CONSTRAINT "grant_reminders_grant_fkey" FOREIGN KEY ("centre_id","grant_id") REFERENCES "public"."grants"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_rule_version_fkey" FOREIGN KEY ("centre_id","programme_id","rule_version_id") REFERENCES "public"."grant_rule_versions"("centre_id","programme_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_cost_centre_fkey" FOREIGN KEY ("centre_id","cost_centre_id") REFERENCES "public"."cost_centres"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_lead_fkey" FOREIGN KEY ("centre_id","lead_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "grant_programmes_centre_idx" ON "grant_programmes" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "grants_centre_idx" ON "grants" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "grants_status_idx" ON "grants" USING btree ("centre_id","status","id");--> statement-breakpoint
CREATE INDEX "grants_parties_idx" ON "grants" USING gin ("party_ids");--> statement-breakpoint
CREATE POLICY "grant_clawbacks_centre" ON "grant_clawbacks" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_clawbacks_party" ON "grant_clawbacks" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and exists (select from grants g where g.id = grant_id and app.hat_id() = any (g.party_ids))) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_drawdowns_centre" ON "grant_drawdowns" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_drawdowns_party" ON "grant_drawdowns" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and exists (select from grants g where g.id = grant_id and app.hat_id() = any (g.party_ids))) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_programmes_centre" ON "grant_programmes" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_programmes_party" ON "grant_programmes" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and exists (select from grants g where g.programme_id = grant_programmes.id and app.hat_id() = any (g.party_ids))) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_rule_versions_centre" ON "grant_rule_versions" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_rule_versions_party" ON "grant_rule_versions" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and exists (select from grants g where g.rule_version_id = grant_rule_versions.id and app.hat_id() = any (g.party_ids))) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_parties_centre" ON "grant_parties" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_parties_party" ON "grant_parties" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and exists (select from grants g where g.id = grant_id and app.hat_id() = any (g.party_ids))) then true else false end);--> statement-breakpoint
CREATE POLICY "grant_reminders_centre" ON "grant_reminders" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "grants_centre" ON "grants" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "grants_party" ON "grants" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and awarded_at is not null and app.hat_id() = any (party_ids)) then true else false end);