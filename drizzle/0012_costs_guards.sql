-- What drizzle-kit does not write for the tables of cost centres: row-level security also for the owner, rights, history as it is.
ALTER TABLE cost_centres FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE secondary_plans FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE cost_line_mappings FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT ON cost_centres, secondary_plans, cost_line_mappings TO verbund_app;
--> statement-breakpoint
-- A cost centre keeps its code, its type and its service: runs name it by them.
GRANT UPDATE (name, retired_on, version) ON cost_centres TO verbund_app;
--> statement-breakpoint
GRANT UPDATE (name, columns, categories, day_format, number_format, sign, version) ON cost_line_mappings TO verbund_app;
--> statement-breakpoint
CREATE TRIGGER secondary_plans_append_only BEFORE UPDATE OR DELETE ON secondary_plans FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
