DROP INDEX "service_requests_assignee_open_idx";--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "is_locked" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "service_requests_centre_open_idx" ON "service_requests" USING btree ("centre_id","id") WHERE status in ('submitted', 'awaiting_approval', 'accepted', 'in_progress', 'on_hold');--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "service_requests_status_idx" ON "service_requests" USING btree ("centre_id","status","id");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "service_requests_service_idx" ON "service_requests" USING btree ("centre_id","service_id","id");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "service_requests_assignee_idx" ON "service_requests" USING btree ("assignee_id","id") WHERE assignee_id is not null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "service_requests_external_centre_idx" ON "service_requests" USING btree ("centre_id","external_reference") WHERE external_reference is not null;