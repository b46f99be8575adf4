ALTER TABLE "payer_accounts" ADD COLUMN "confirmed_by" uuid;--> statement-breakpoint
ALTER TABLE "payer_accounts" ADD COLUMN "confirmed_by_name" text;--> statement-breakpoint
ALTER TABLE "payer_accounts" ADD COLUMN "confirmed_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "payer_accounts" ADD CONSTRAINT "payer_accounts_four_eyes_check" CHECK (confirmed_by <> recorded_by);--> statement-breakpoint
ALTER TABLE "payer_accounts" ADD CONSTRAINT "payer_accounts_confirmed_check" CHECK ((confirmed_at is null) = (confirmed_by is null) and (confirmed_at is null) = (confirmed_by_name is null));