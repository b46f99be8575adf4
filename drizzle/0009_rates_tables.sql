CREATE TABLE "rate_card_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"rate_card_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"interval" text NOT NULL,
	"prices" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"edited_by" uuid NOT NULL,
	"edited_by_name" text NOT NULL,
	"edited_at" timestamp(3) with time zone NOT NULL,
	"approved_by" uuid,
	"approved_by_name" text,
	"approved_at" timestamp(3) with time zone,
	"approved_hash" text,
	CONSTRAINT "rate_card_versions_number_key" UNIQUE("rate_card_id","number"),
	CONSTRAINT "rate_card_versions_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "rate_card_versions_status_check" CHECK (status in ('draft', 'in_force', 'superseded')),
	CONSTRAINT "rate_card_versions_interval_check" CHECK (interval in ('month', 'quarter', 'year')),
	CONSTRAINT "rate_card_versions_days_check" CHECK (valid_to is null or valid_to > valid_from),
	CONSTRAINT "rate_card_versions_four_eyes_check" CHECK (approved_by <> created_by and approved_by <> edited_by),
	CONSTRAINT "rate_card_versions_approval_check" CHECK ((status = 'draft' and approved_by is null) or (status <> 'draft' and approved_by is not null and approved_hash is not null and approved_hash = content_hash))
);
--> statement-breakpoint
ALTER TABLE "rate_card_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "rate_cards" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rate_cards_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "rate_cards_name_key" UNIQUE("centre_id","name")
);
--> statement-breakpoint
ALTER TABLE "rate_cards" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "agreement_versions" ADD COLUMN "price_clause" jsonb;--> statement-breakpoint
ALTER TABLE "rate_card_versions" ADD CONSTRAINT "rate_card_versions_card_fkey" FOREIGN KEY ("centre_id","rate_card_id") REFERENCES "public"."rate_cards"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rate_cards" ADD CONSTRAINT "rate_cards_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "rate_card_versions_draft_key" ON "rate_card_versions" USING btree ("rate_card_id") WHERE status = 'draft';--> statement-breakpoint
CREATE POLICY "rate_card_versions_centre" ON "rate_card_versions" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "rate_cards_centre" ON "rate_cards" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);