SET LOCAL lock_timeout = '5s';--> statement-breakpoint
CREATE TABLE "dunning_blocks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"chain_id" uuid,
	"reason" text NOT NULL,
	"until_on" date NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_by_name" text NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	"lifted_by" uuid,
	"lifted_by_name" text,
	"lifted_at" timestamp(3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "dunning_blocks_lifted_check" CHECK ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lifted_by_name is null))
);
--> statement-breakpoint
ALTER TABLE "dunning_blocks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "dunning_blocks" ADD CONSTRAINT "dunning_blocks_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dunning_blocks" ADD CONSTRAINT "dunning_blocks_chain_fkey" FOREIGN KEY ("centre_id","chain_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dunning_blocks_centre_idx" ON "dunning_blocks" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "dunning_blocks_member_idx" ON "dunning_blocks" USING btree ("centre_id","organisation_id","id");--> statement-breakpoint
CREATE INDEX "dunning_blocks_standing_idx" ON "dunning_blocks" USING btree ("centre_id","until_on") WHERE lifted_at is null;--> statement-breakpoint
CREATE POLICY "dunning_blocks_centre" ON "dunning_blocks" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
ALTER TABLE "dunning_notices" ADD CONSTRAINT "dunning_notices_centre_id_key" UNIQUE("centre_id","id");--> statement-breakpoint
DROP INDEX "dunning_notices_centre_idx"; -- forward: the key above has the same columns
--> statement-breakpoint
ALTER TABLE "statement_dispatch_attempts" ALTER COLUMN "statement_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "statement_dispatches" ALTER COLUMN "statement_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "statement_dispatches" ADD COLUMN "notice_id" uuid;--> statement-breakpoint
ALTER TABLE "statement_dispatches" ADD CONSTRAINT "statement_dispatches_notice_fkey" FOREIGN KEY ("centre_id","notice_id") REFERENCES "public"."dunning_notices"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "statement_dispatches_notice_automatic_key" ON "statement_dispatches" USING btree ("notice_id") WHERE trigger = 'automatic';--> statement-breakpoint
CREATE INDEX "statement_dispatches_notice_idx" ON "statement_dispatches" USING btree ("notice_id","id");--> statement-breakpoint
ALTER TABLE "statement_dispatches" ADD CONSTRAINT "statement_dispatches_subject_check" CHECK (num_nonnulls(statement_id, notice_id) = 1);
