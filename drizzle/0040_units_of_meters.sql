SET LOCAL lock_timeout = '5s';--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "usage_year_rollups_units_idx" ON "usage_year_rollups" USING btree ("centre_id","year","service_id","meter","unit");