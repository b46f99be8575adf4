SET LOCAL lock_timeout = '5s';--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD COLUMN "recorded_until" timestamp(3) with time zone;
