SET LOCAL lock_timeout = '5s';--> statement-breakpoint
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
