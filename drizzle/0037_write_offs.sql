CREATE TABLE "write_offs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"chain_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"ground" text NOT NULL,
	"reason" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_by_name" text NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	"confirmed_by" uuid,
	"confirmed_by_name" text,
	"confirmed_at" timestamp(3) with time zone,
	"ended_by" uuid,
	"ended_by_name" text,
	"ended_at" timestamp(3) with time zone,
	"end_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "write_offs_amount_check" CHECK (amount_cents > 0),
	CONSTRAINT "write_offs_ground_check" CHECK (ground in ('remission', 'uncollectable', 'minor')),
	CONSTRAINT "write_offs_four_eyes_check" CHECK (confirmed_by <> recorded_by),
	CONSTRAINT "write_offs_confirmed_check" CHECK ((confirmed_at is null) = (confirmed_by is null) and (confirmed_at is null) = (confirmed_by_name is null)),
	CONSTRAINT "write_offs_ended_check" CHECK ((ended_at is null) = (ended_by is null) and (ended_at is null) = (ended_by_name is null) and (ended_at is null) = (end_reason is null))
);
--> statement-breakpoint
ALTER TABLE "write_offs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "write_offs" ADD CONSTRAINT "write_offs_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "write_offs" ADD CONSTRAINT "write_offs_chain_fkey" FOREIGN KEY ("centre_id","chain_id") REFERENCES "public"."statements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "write_offs_centre_idx" ON "write_offs" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "write_offs_member_idx" ON "write_offs" USING btree ("centre_id","organisation_id","id");--> statement-breakpoint
CREATE INDEX "write_offs_waiting_idx" ON "write_offs" USING btree ("centre_id","id") WHERE confirmed_at is null and ended_at is null;--> statement-breakpoint
CREATE INDEX "write_offs_chain_idx" ON "write_offs" USING btree ("chain_id") WHERE confirmed_at is not null and ended_at is null;--> statement-breakpoint
CREATE POLICY "write_offs_centre" ON "write_offs" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "write_offs_member" ON "write_offs" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and confirmed_at is not null and ended_at is null) then true else false end);