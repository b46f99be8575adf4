ALTER TABLE "instalment_plans" ADD COLUMN "usage_period_id" uuid;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "pending_account" jsonb;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "pending_recorded_by" uuid;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "pending_recorded_by_name" text;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "pending_recorded_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "account_recorded_by" uuid;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "account_recorded_by_name" text;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "account_recorded_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "account_confirmed_by" uuid;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "account_confirmed_by_name" text;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD COLUMN "account_confirmed_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "statement_batches" ADD COLUMN "signed_hash" text;--> statement-breakpoint
ALTER TABLE "statements" ADD COLUMN "signed_hash" text;--> statement-breakpoint
ALTER TABLE "instalment_plans" ADD CONSTRAINT "instalment_plans_usage_period_fkey" FOREIGN KEY ("centre_id","usage_period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD CONSTRAINT "billing_profiles_four_eyes_check" CHECK (account_confirmed_by <> account_recorded_by);--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD CONSTRAINT "billing_profiles_pending_check" CHECK (num_nulls(pending_account, pending_recorded_by, pending_recorded_by_name, pending_recorded_at) in (0, 4));--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD CONSTRAINT "billing_profiles_account_check" CHECK (num_nulls(account_recorded_by, account_recorded_by_name, account_recorded_at, account_confirmed_by, account_confirmed_by_name, account_confirmed_at) in (0, 6));