-- Whoever approves a plan or settles a period, also yesterday's program: members can read their part of it from then on.
GRANT SELECT, INSERT ON settlement_members TO verbund_app;
--> statement-breakpoint
CREATE FUNCTION app.part_settlement() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO public.settlement_members (settlement_id, centre_id, organisation_id, period_id, period_code, starts_on, ends_on, figures, settled_at)
  SELECT NEW.id, NEW.centre_id, (m ->> 'organisationId')::uuid, NEW.period_id, NEW.period_code, NEW.starts_on, NEW.ends_on, m, NEW.settled_at
  FROM jsonb_array_elements(NEW.members) m;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER settlements_part AFTER INSERT ON settlements FOR EACH ROW EXECUTE FUNCTION app.part_settlement();
--> statement-breakpoint
-- FORCE would hide the rows from an owner who is no superuser.
ALTER TABLE settlements NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
INSERT INTO settlement_members (settlement_id, centre_id, organisation_id, period_id, period_code, starts_on, ends_on, figures, settled_at)
SELECT s.id, s.centre_id, (m ->> 'organisationId')::uuid, s.period_id, s.period_code, s.starts_on, s.ends_on, m, s.settled_at
FROM settlements s, jsonb_array_elements(s.members) m;
--> statement-breakpoint
ALTER TABLE settlements FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE settlement_members FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TRIGGER settlement_members_append_only BEFORE UPDATE OR DELETE ON settlement_members FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
--> statement-breakpoint
ALTER TABLE instalment_plans NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE instalment_plan_shares NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE instalment_plans DISABLE TRIGGER instalment_plans_keep;
--> statement-breakpoint
UPDATE instalment_plans p SET member_ids = coalesce((SELECT array_agg(DISTINCT s.organisation_id ORDER BY s.organisation_id)
  FROM instalment_plan_shares s WHERE s.plan_id = p.id), '{}') WHERE p.approved_at IS NOT NULL;
--> statement-breakpoint
ALTER TABLE instalment_plans ENABLE TRIGGER instalment_plans_keep;
--> statement-breakpoint
ALTER TABLE instalment_plan_shares FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE instalment_plans FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- What a plan says never changes, only where it stands; who pays by it is said with the approval.
CREATE OR REPLACE FUNCTION app.keep_instalment_plan() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE
  moving text[] := '{status,version,submitted_by,submitted_by_name,submitted_at,approved_by,approved_by_name,approved_at,approved_content_hash,ended_from,ended_by,ended_by_name,ended_at,end_reason}';
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'an instalment plan is kept' USING ERRCODE = 'VB409'; END IF;
  IF OLD.status = 'in_force' AND NEW.status = 'ended' THEN moving := '{status,version,ended_from,ended_by,ended_by_name,ended_at,end_reason}';
  ELSIF OLD.status IN ('in_force', 'ended', 'rejected') THEN RAISE EXCEPTION 'an instalment plan is immutable once it is %', OLD.status USING ERRCODE = 'VB409';
  END IF;
  IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
    RAISE EXCEPTION 'what an instalment plan says is immutable' USING ERRCODE = 'VB409';
  END IF;
  IF NEW.status = 'in_force' THEN
    NEW.member_ids := coalesce((SELECT array_agg(DISTINCT s.organisation_id ORDER BY s.organisation_id)
      FROM public.instalment_plan_shares s WHERE s.plan_id = NEW.id), '{}');
  END IF;
  RETURN NEW;
END $$;
