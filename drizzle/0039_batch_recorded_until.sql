SET LOCAL lock_timeout = '5s';--> statement-breakpoint
ALTER TABLE "statement_batches" ADD COLUMN "recorded_until" timestamp(3) with time zone;--> statement-breakpoint
-- Batches that were asked for after their period began to count what it counts now were prepared with just that. FORCE would hide the
-- rows from an owner who is no superuser.
ALTER TABLE "statement_batches" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "billing_periods" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "statement_batches" b SET "recorded_until" = p."recorded_until" FROM "billing_periods" p
  WHERE p."id" = b."period_id" AND b."created_at" >= p."recorded_until" AND b."status" <> 'preparing';--> statement-breakpoint
ALTER TABLE "billing_periods" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "statement_batches" FORCE ROW LEVEL SECURITY;
