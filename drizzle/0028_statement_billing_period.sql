SET LOCAL lock_timeout = '5s';--> statement-breakpoint
ALTER TABLE "statements" ADD COLUMN "billing_period_id" uuid;--> statement-breakpoint
ALTER TABLE "statements" ADD COLUMN "billing_period_code" text;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_billing_period_fkey" FOREIGN KEY ("centre_id","billing_period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action NOT VALID;--> statement-breakpoint
ALTER TABLE "statements" VALIDATE CONSTRAINT "statements_billing_period_fkey";--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_billing_period_check" CHECK ((billing_period_id is null) = (billing_period_code is null)) NOT VALID;--> statement-breakpoint
ALTER TABLE "statements" VALIDATE CONSTRAINT "statements_billing_period_check";
