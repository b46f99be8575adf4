-- Who reads the history of one thing names it by its id alone, and an index that begins with its type does not serve that.
SET LOCAL lock_timeout = '5s';
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "audit_entries_entity_id_idx" ON "audit_entries" USING btree ("entity_id","id");
--> statement-breakpoint
DROP INDEX IF EXISTS "audit_entries_entity_idx"; -- forward: no query ever named the type of an entity
