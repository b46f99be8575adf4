SET LOCAL lock_timeout = '5s';--> statement-breakpoint
CREATE TABLE "settlement_members" (
	"settlement_id" uuid NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"period_id" uuid NOT NULL,
	"period_code" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"figures" jsonb NOT NULL,
	"settled_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "settlement_members_pkey" PRIMARY KEY("settlement_id","organisation_id")
);
--> statement-breakpoint
ALTER TABLE "settlement_members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "settlements" ADD CONSTRAINT "settlements_centre_id_key" UNIQUE("centre_id","id");--> statement-breakpoint
DROP INDEX "settlements_centre_idx";--> statement-breakpoint
ALTER TABLE "instalment_plans" ADD COLUMN "member_ids" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "settlement_members" ADD CONSTRAINT "settlement_members_settlement_fkey" FOREIGN KEY ("centre_id","settlement_id") REFERENCES "public"."settlements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_members" ADD CONSTRAINT "settlement_members_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "settlement_members_organisation_idx" ON "settlement_members" USING btree ("organisation_id","settlement_id");--> statement-breakpoint
CREATE INDEX "instalment_plans_members_idx" ON "instalment_plans" USING gin ("member_ids");--> statement-breakpoint
CREATE POLICY "instalment_plan_shares_member" ON "instalment_plan_shares" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and (select p.approved_at from instalment_plans p where p.id = plan_id) is not null) then true else false end);--> statement-breakpoint
CREATE POLICY "instalment_plans_member" ON "instalment_plans" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and approved_at is not null and app.hat_id() = any (member_ids)) then true else false end);--> statement-breakpoint
CREATE POLICY "instalments_member" ON "instalments" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and (select p.approved_at from instalment_plans p where p.id = plan_id) is not null) then true else false end);--> statement-breakpoint
CREATE POLICY "settlement_members_centre" ON "settlement_members" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "settlement_members_member" ON "settlement_members" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
ALTER POLICY "statement_dispatch_attempts_member" ON "statement_dispatch_attempts" TO verbund_app USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and (select s.status from statements s where s.id = statement_id) = 'issued') then true else false end);--> statement-breakpoint
ALTER POLICY "statement_dispatches_member" ON "statement_dispatches" TO verbund_app USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and (select s.status from statements s where s.id = statement_id) = 'issued') then true else false end);--> statement-breakpoint
ALTER POLICY "statement_documents_member" ON "statement_documents" TO verbund_app USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and (select s.status from statements s where s.id = statement_id) = 'issued') then true else false end);--> statement-breakpoint
ALTER POLICY "statement_lines_member" ON "statement_lines" TO verbund_app USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and (select s.status from statements s where s.id = statement_id) = 'issued') then true else false end);