-- What requester and caseworker wrote to each other is history like the events: not even the owner changes it by mistake.
SET LOCAL lock_timeout = '5s';
--> statement-breakpoint
CREATE TRIGGER service_request_messages_append_only BEFORE UPDATE OR DELETE ON service_request_messages FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
