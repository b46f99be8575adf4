SET LOCAL lock_timeout = '5s';--> statement-breakpoint
ALTER TABLE "billing_periods" ADD COLUMN "recorded_until" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "billing_periods" ADD COLUMN "correction_billing_period_id" uuid;--> statement-breakpoint
ALTER TABLE "billing_periods" ADD CONSTRAINT "billing_periods_correction_fkey" FOREIGN KEY ("centre_id","correction_billing_period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "billing_periods_correction_idx" ON "billing_periods" USING btree ("centre_id","correction_billing_period_id") WHERE correction_billing_period_id is not null;--> statement-breakpoint
ALTER TABLE "billing_periods" ADD CONSTRAINT "billing_periods_correction_check" CHECK (correction_billing_period_id is null or (frozen_at is not null and correction_billing_period_id <> id));--> statement-breakpoint
ALTER TABLE "statements" ADD COLUMN "billing_period_id" uuid;--> statement-breakpoint
ALTER TABLE "statements" ADD COLUMN "billing_period_code" text;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_billing_period_fkey" FOREIGN KEY ("centre_id","billing_period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action NOT VALID;--> statement-breakpoint
ALTER TABLE "statements" VALIDATE CONSTRAINT "statements_billing_period_fkey";--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_billing_period_check" CHECK ((billing_period_id is null) = (billing_period_code is null)) NOT VALID;--> statement-breakpoint
ALTER TABLE "statements" VALIDATE CONSTRAINT "statements_billing_period_check";--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD COLUMN "recorded_until" timestamp(3) with time zone;
