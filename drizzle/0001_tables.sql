CREATE TABLE "agreement_coverage" (
	"centre_id" uuid NOT NULL,
	"agreement_version_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	CONSTRAINT "agreement_coverage_agreement_version_id_organisation_id_service_id_pk" PRIMARY KEY("agreement_version_id","organisation_id","service_id")
);
--> statement-breakpoint
ALTER TABLE "agreement_coverage" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agreement_parties" (
	"centre_id" uuid NOT NULL,
	"agreement_id" uuid NOT NULL,
	"agreement_version_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	CONSTRAINT "agreement_parties_agreement_version_id_organisation_id_pk" PRIMARY KEY("agreement_version_id","organisation_id")
);
--> statement-breakpoint
ALTER TABLE "agreement_parties" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agreement_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"agreement_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"organisation_ids" uuid[] NOT NULL,
	"service_ids" uuid[] NOT NULL,
	"cost_clause" jsonb,
	"data_protection_role" text NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"in_force_at" timestamp(3) with time zone,
	CONSTRAINT "agreement_versions_number_key" UNIQUE("agreement_id","number"),
	CONSTRAINT "agreement_versions_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "agreement_versions_status_check" CHECK (status in ('draft', 'in_force', 'terminated')),
	CONSTRAINT "agreement_versions_period_check" CHECK (valid_to is null or valid_to >= valid_from),
	CONSTRAINT "agreement_versions_role_check" CHECK (data_protection_role in ('controller', 'processor', 'joint_controllers'))
);
--> statement-breakpoint
ALTER TABLE "agreement_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agreements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"title" text NOT NULL,
	"mode" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agreements_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "agreements_mode_check" CHECK (mode in ('delegating', 'mandating', 'statutes', 'private'))
);
--> statement-breakpoint
ALTER TABLE "agreements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"actor_id" uuid NOT NULL,
	"actor_name" text NOT NULL,
	"actor_kind" text NOT NULL,
	"hat_kind" text NOT NULL,
	"hat_id" uuid NOT NULL,
	"on_behalf_of" uuid,
	"request_id" text NOT NULL,
	"action" text NOT NULL,
	"entity_type" text NOT NULL,
	"entity_id" uuid NOT NULL,
	"centre_id" uuid,
	"organisation_id" uuid,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "service_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"form_schema" jsonb NOT NULL,
	"usage_rule" jsonb NOT NULL,
	"processing_rule" jsonb NOT NULL,
	"sla_policy_id" uuid,
	"approval_rule" jsonb,
	"checklist" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp(3) with time zone,
	"retired_at" timestamp(3) with time zone,
	CONSTRAINT "service_versions_number_key" UNIQUE("service_id","number"),
	CONSTRAINT "service_versions_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "service_versions_status_check" CHECK (status in ('draft', 'published', 'retired'))
);
--> statement-breakpoint
ALTER TABLE "service_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "services" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"category" text NOT NULL,
	"service_key" text,
	"published_version" integer,
	"first_published_at" timestamp(3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "services_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "services_code_key" UNIQUE("centre_id","code"),
	CONSTRAINT "services_code_check" CHECK (code ~ '^[a-z0-9-]{2,60}$'),
	CONSTRAINT "services_service_key_check" CHECK (service_key ~ '^99[0-9]{12}$')
);
--> statement-breakpoint
ALTER TABLE "services" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "allocation_run_calculations" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"line_count" integer NOT NULL,
	"input" json NOT NULL
);
--> statement-breakpoint
ALTER TABLE "allocation_run_calculations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "allocation_run_lines" (
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"service_code" text NOT NULL,
	"service_title" text NOT NULL,
	"member" text NOT NULL,
	"member_name" text NOT NULL,
	"tranche_id" text,
	"parts" jsonb NOT NULL,
	"exact_cents" text NOT NULL,
	"rounding_cents" integer NOT NULL,
	"amount_cents" bigint NOT NULL,
	CONSTRAINT "allocation_run_lines_pkey" PRIMARY KEY("run_id","position"),
	CONSTRAINT "allocation_run_lines_rounding_check" CHECK (rounding_cents in (-1, 0, 1))
);
--> statement-breakpoint
ALTER TABLE "allocation_run_lines" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "allocation_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"period_id" uuid NOT NULL,
	"period_code" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"number" text NOT NULL,
	"status" text NOT NULL,
	"algorithm" text NOT NULL,
	"input_hash" text NOT NULL,
	"result_hash" text NOT NULL,
	"clause_version_id" uuid,
	"corrects_run_id" uuid,
	"member_ids" uuid[] NOT NULL,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"submitted_by" uuid,
	"submitted_by_name" text,
	"submitted_at" timestamp(3) with time zone,
	"approved_by" uuid,
	"approved_by_name" text,
	"approved_at" timestamp(3) with time zone,
	"approved_result_hash" text,
	"posted_by" uuid,
	"posted_by_name" text,
	"posted_at" timestamp(3) with time zone,
	"ended_by" uuid,
	"ended_by_name" text,
	"ended_at" timestamp(3) with time zone,
	"end_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "allocation_runs_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "allocation_runs_number_key" UNIQUE("centre_id","number"),
	CONSTRAINT "allocation_runs_status_check" CHECK (status in ('draft', 'in_review', 'approved', 'posted', 'superseded', 'rejected')),
	CONSTRAINT "allocation_runs_four_eyes_check" CHECK (approved_by <> created_by and approved_by <> submitted_by),
	CONSTRAINT "allocation_runs_approval_check" CHECK (status not in ('approved', 'posted', 'superseded') or (approved_by is not null and submitted_by is not null and approved_result_hash = result_hash)),
	CONSTRAINT "allocation_runs_posted_check" CHECK ((status in ('posted', 'superseded')) = (posted_at is not null))
);
--> statement-breakpoint
ALTER TABLE "allocation_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "allocation_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"name" text NOT NULL,
	"number" integer NOT NULL,
	"type" text NOT NULL,
	"as_of" date NOT NULL,
	"basis" text,
	"source" text NOT NULL,
	"values" jsonb NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "allocation_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "billing_periods" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"code" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"state" text NOT NULL,
	"frozen_at" timestamp(3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_periods_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "billing_periods_code_key" UNIQUE("centre_id","code"),
	CONSTRAINT "billing_periods_code_check" CHECK (code ~ '^[12][0-9]{3}(-(0[1-9]|1[0-2])|-Q[1-4])?$'),
	CONSTRAINT "billing_periods_days_check" CHECK (ends_on > starts_on),
	CONSTRAINT "billing_periods_state_check" CHECK (state in ('open', 'grace', 'frozen', 'settled')),
	CONSTRAINT "billing_periods_frozen_check" CHECK ((state in ('frozen', 'settled')) = (frozen_at is not null))
);
--> statement-breakpoint
ALTER TABLE "billing_periods" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "cost_line_imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"file_hash" text NOT NULL,
	"row_count" integer NOT NULL,
	"amount_cents" bigint NOT NULL,
	"imported_by" uuid NOT NULL,
	"imported_by_name" text NOT NULL,
	"imported_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "cost_line_imports_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "cost_line_imports_hash_check" CHECK (file_hash ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "cost_line_imports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "cost_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"booked_on" date NOT NULL,
	"cost_type" text NOT NULL,
	"amount_cents" bigint NOT NULL,
	"text" text NOT NULL,
	"voucher_number" text,
	"import_id" uuid,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "cost_lines_amount_check" CHECK (abs(amount_cents) <= 9007199254740991)
);
--> statement-breakpoint
ALTER TABLE "cost_lines" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "login_attempts" (
	"subject" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"window_started_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "login_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "machine_accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hat_kind" text NOT NULL,
	"hat_id" uuid NOT NULL,
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp(3) with time zone,
	CONSTRAINT "machine_accounts_hat_kind_check" CHECK (hat_kind in ('centre', 'organisation'))
);
--> statement-breakpoint
ALTER TABLE "machine_accounts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"used_at" timestamp(3) with time zone
);
--> statement-breakpoint
ALTER TABLE "refresh_tokens" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "role_assignments" (
	"user_id" uuid NOT NULL,
	"hat_kind" text NOT NULL,
	"hat_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "role_assignments_user_id_hat_kind_hat_id_role_pk" PRIMARY KEY("user_id","hat_kind","hat_id","role"),
	CONSTRAINT "role_assignments_hat_kind_check" CHECK (hat_kind in ('centre', 'organisation', 'platform'))
);
--> statement-breakpoint
ALTER TABLE "role_assignments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"family_id" uuid NOT NULL,
	"user_id" uuid,
	"machine_account_id" uuid,
	"hat_kind" text NOT NULL,
	"hat_id" uuid NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp(3) with time zone,
	CONSTRAINT "sessions_holder_check" CHECK ((user_id is null) <> (machine_account_id is null))
);
--> statement-breakpoint
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "team_members" (
	"centre_id" uuid NOT NULL,
	"team_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "team_members_team_id_user_id_pk" PRIMARY KEY("team_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "team_members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "teams" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "teams_centre_id_key" UNIQUE("centre_id","id"),
	CONSTRAINT "teams_name_key" UNIQUE("centre_id","name")
);
--> statement-breakpoint
ALTER TABLE "teams" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"is_disabled" boolean DEFAULT false NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "centre_members" (
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"joined_on" date NOT NULL,
	"left_on" date,
	CONSTRAINT "centre_members_pkey" PRIMARY KEY("centre_id","organisation_id"),
	CONSTRAINT "centre_members_period_check" CHECK (left_on is null or left_on > joined_on)
);
--> statement-breakpoint
ALTER TABLE "centre_members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "centres" (
	"id" uuid PRIMARY KEY NOT NULL,
	"operator_id" uuid NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "centres_code_key" UNIQUE("code"),
	CONSTRAINT "centres_code_check" CHECK (code ~ '^[A-Z]{2,6}$')
);
--> statement-breakpoint
ALTER TABLE "centres" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "organisation_populations" (
	"organisation_id" uuid NOT NULL,
	"as_of" date NOT NULL,
	"basis" text NOT NULL,
	"population" integer NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "organisation_populations_organisation_id_as_of_basis_pk" PRIMARY KEY("organisation_id","as_of","basis"),
	CONSTRAINT "organisation_populations_population_check" CHECK (population >= 0)
);
--> statement-breakpoint
ALTER TABLE "organisation_populations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ags" text,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"state" text,
	"district" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organisations_ags_check" CHECK (ags ~ '^[0-9]{8}$'),
	CONSTRAINT "organisations_kind_check" CHECK (kind in ('municipality', 'district', 'special_purpose_association', 'public_institution', 'joint_municipal_enterprise'))
);
--> statement-breakpoint
ALTER TABLE "organisations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "service_request_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"request_id" uuid NOT NULL,
	"type" text NOT NULL,
	"from_status" text,
	"to_status" text,
	"at" timestamp(3) with time zone NOT NULL,
	"actor_id" uuid NOT NULL,
	"actor_name" text NOT NULL,
	"hat_kind" text NOT NULL,
	"hat_id" uuid NOT NULL,
	"on_behalf_of" uuid,
	"reason" text,
	"expected_version" integer,
	"details" jsonb NOT NULL,
	"visibility" text NOT NULL,
	CONSTRAINT "service_request_events_visibility_check" CHECK (visibility in ('parties', 'centre'))
);
--> statement-breakpoint
ALTER TABLE "service_request_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "service_request_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"request_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"author_name" text NOT NULL,
	"hat_kind" text NOT NULL,
	"body" text NOT NULL,
	"visibility" text NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "service_request_messages_visibility_check" CHECK (visibility in ('parties', 'centre'))
);
--> statement-breakpoint
ALTER TABLE "service_request_messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "service_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"service_version_id" uuid NOT NULL,
	"agreement_version_id" uuid NOT NULL,
	"service_version_number" integer NOT NULL,
	"service_title" text NOT NULL,
	"status" text NOT NULL,
	"hold_reason" text,
	"priority" integer NOT NULL,
	"subject" text NOT NULL,
	"description" text,
	"form_data" jsonb NOT NULL,
	"external_reference" text,
	"requester_id" uuid NOT NULL,
	"requester_name" text NOT NULL,
	"team_id" uuid,
	"assignee_id" uuid,
	"result_code" text,
	"result_text" text,
	"rejection_code" text,
	"follows_id" uuid,
	"merged_into_id" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"submitted_at" timestamp(3) with time zone,
	"receipt_at" timestamp(3) with time zone,
	"accepted_at" timestamp(3) with time zone,
	"started_at" timestamp(3) with time zone,
	"resolved_at" timestamp(3) with time zone,
	"closes_at" timestamp(3) with time zone,
	"closed_at" timestamp(3) with time zone,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('german', number || ' ' || service_title || ' ' || subject || ' ' || coalesce(description, '') || ' ' || coalesce(external_reference, ''))) STORED,
	CONSTRAINT "service_requests_number_key" UNIQUE("number"),
	CONSTRAINT "service_requests_parties_key" UNIQUE("centre_id","organisation_id","id"),
	CONSTRAINT "service_requests_status_check" CHECK (status in ('draft', 'submitted', 'awaiting_approval', 'accepted', 'in_progress', 'on_hold', 'resolved', 'closed', 'rejected', 'cancelled', 'merged')),
	CONSTRAINT "service_requests_hold_check" CHECK ((status = 'on_hold') = (hold_reason is not null)),
	CONSTRAINT "service_requests_priority_check" CHECK (priority between 1 and 4)
);
--> statement-breakpoint
ALTER TABLE "service_requests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"centre_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"agreement_version_id" uuid NOT NULL,
	"source" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"body_hash" text NOT NULL,
	"kind" text NOT NULL,
	"meter" text NOT NULL,
	"unit" text NOT NULL,
	"quantity" numeric(30,6) NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"occurred_on" date NOT NULL,
	"request_id" uuid,
	"reference" text,
	"attributes" jsonb NOT NULL,
	"corrects_event_id" uuid,
	"reason" text,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "usage_events_key" UNIQUE("centre_id","source","idempotency_key"),
	CONSTRAINT "usage_events_parties_key" UNIQUE("centre_id","organisation_id","id"),
	CONSTRAINT "usage_events_kind_check" CHECK (kind in ('usage', 'reversal', 'adjustment')),
	CONSTRAINT "usage_events_corrects_check" CHECK ((kind = 'usage') = (corrects_event_id is null)),
	CONSTRAINT "usage_events_quantity_check" CHECK (kind <> 'usage' or quantity >= 0)
);
--> statement-breakpoint
ALTER TABLE "usage_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"hat_kind" text NOT NULL,
	"hat_id" uuid NOT NULL,
	"route" text NOT NULL,
	"key" text NOT NULL,
	"body_hash" text NOT NULL,
	"answer" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY("hat_kind","hat_id","route","key")
);
--> statement-breakpoint
ALTER TABLE "idempotency_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "outbox_jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"queue" text NOT NULL,
	"name" text NOT NULL,
	"payload" jsonb NOT NULL,
	"hat_kind" text NOT NULL,
	"hat_id" uuid NOT NULL,
	"request_id" text NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"available_at" timestamp(3) with time zone NOT NULL,
	"dispatched_at" timestamp(3) with time zone,
	"completed_at" timestamp(3) with time zone,
	"failed_at" timestamp(3) with time zone,
	"failure" text,
	"redrives" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "outbox_jobs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "agreement_coverage" ADD CONSTRAINT "agreement_coverage_version_fkey" FOREIGN KEY ("centre_id","agreement_version_id") REFERENCES "public"."agreement_versions"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreement_coverage" ADD CONSTRAINT "agreement_coverage_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreement_coverage" ADD CONSTRAINT "agreement_coverage_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreement_parties" ADD CONSTRAINT "agreement_parties_version_fkey" FOREIGN KEY ("centre_id","agreement_version_id") REFERENCES "public"."agreement_versions"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreement_parties" ADD CONSTRAINT "agreement_parties_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreement_versions" ADD CONSTRAINT "agreement_versions_agreement_fkey" FOREIGN KEY ("centre_id","agreement_id") REFERENCES "public"."agreements"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_versions" ADD CONSTRAINT "service_versions_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_run_calculations" ADD CONSTRAINT "allocation_run_calculations_run_fkey" FOREIGN KEY ("centre_id","run_id") REFERENCES "public"."allocation_runs"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_run_lines" ADD CONSTRAINT "allocation_run_lines_run_fkey" FOREIGN KEY ("centre_id","run_id") REFERENCES "public"."allocation_runs"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_run_lines" ADD CONSTRAINT "allocation_run_lines_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_run_lines" ADD CONSTRAINT "allocation_run_lines_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD CONSTRAINT "allocation_runs_period_fkey" FOREIGN KEY ("centre_id","period_id") REFERENCES "public"."billing_periods"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD CONSTRAINT "allocation_runs_clause_fkey" FOREIGN KEY ("centre_id","clause_version_id") REFERENCES "public"."agreement_versions"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_runs" ADD CONSTRAINT "allocation_runs_corrects_fkey" FOREIGN KEY ("centre_id","corrects_run_id") REFERENCES "public"."allocation_runs"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_keys" ADD CONSTRAINT "allocation_keys_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_periods" ADD CONSTRAINT "billing_periods_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_line_imports" ADD CONSTRAINT "cost_line_imports_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_lines" ADD CONSTRAINT "cost_lines_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_lines" ADD CONSTRAINT "cost_lines_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cost_lines" ADD CONSTRAINT "cost_lines_import_fkey" FOREIGN KEY ("centre_id","import_id") REFERENCES "public"."cost_line_imports"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_machine_account_id_machine_accounts_id_fk" FOREIGN KEY ("machine_account_id") REFERENCES "public"."machine_accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_team_fkey" FOREIGN KEY ("centre_id","team_id") REFERENCES "public"."teams"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "centre_members" ADD CONSTRAINT "centre_members_centre_id_centres_id_fk" FOREIGN KEY ("centre_id") REFERENCES "public"."centres"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "centre_members" ADD CONSTRAINT "centre_members_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "centres" ADD CONSTRAINT "centres_operator_id_organisations_id_fk" FOREIGN KEY ("operator_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_populations" ADD CONSTRAINT "organisation_populations_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_request_events" ADD CONSTRAINT "service_request_events_request_fkey" FOREIGN KEY ("centre_id","organisation_id","request_id") REFERENCES "public"."service_requests"("centre_id","organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_request_messages" ADD CONSTRAINT "service_request_messages_request_fkey" FOREIGN KEY ("centre_id","organisation_id","request_id") REFERENCES "public"."service_requests"("centre_id","organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_requests" ADD CONSTRAINT "service_requests_assignee_id_users_id_fk" FOREIGN KEY ("assignee_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_requests" ADD CONSTRAINT "service_requests_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_requests" ADD CONSTRAINT "service_requests_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_requests" ADD CONSTRAINT "service_requests_service_version_fkey" FOREIGN KEY ("centre_id","service_version_id") REFERENCES "public"."service_versions"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_requests" ADD CONSTRAINT "service_requests_agreement_version_fkey" FOREIGN KEY ("centre_id","agreement_version_id") REFERENCES "public"."agreement_versions"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_requests" ADD CONSTRAINT "service_requests_team_fkey" FOREIGN KEY ("centre_id","team_id") REFERENCES "public"."teams"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_requests" ADD CONSTRAINT "service_requests_follows_fkey" FOREIGN KEY ("centre_id","organisation_id","follows_id") REFERENCES "public"."service_requests"("centre_id","organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_requests" ADD CONSTRAINT "service_requests_merged_fkey" FOREIGN KEY ("centre_id","organisation_id","merged_into_id") REFERENCES "public"."service_requests"("centre_id","organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_member_fkey" FOREIGN KEY ("centre_id","organisation_id") REFERENCES "public"."centre_members"("centre_id","organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_service_fkey" FOREIGN KEY ("centre_id","service_id") REFERENCES "public"."services"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_agreement_fkey" FOREIGN KEY ("centre_id","agreement_version_id") REFERENCES "public"."agreement_versions"("centre_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_request_fkey" FOREIGN KEY ("centre_id","organisation_id","request_id") REFERENCES "public"."service_requests"("centre_id","organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_corrects_fkey" FOREIGN KEY ("centre_id","organisation_id","corrects_event_id") REFERENCES "public"."usage_events"("centre_id","organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agreement_coverage_lookup_idx" ON "agreement_coverage" USING btree ("centre_id","organisation_id","service_id","valid_from");--> statement-breakpoint
CREATE INDEX "agreement_parties_organisation_idx" ON "agreement_parties" USING btree ("organisation_id","centre_id");--> statement-breakpoint
CREATE INDEX "agreement_parties_agreement_idx" ON "agreement_parties" USING btree ("agreement_id","organisation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "agreement_versions_draft_key" ON "agreement_versions" USING btree ("agreement_id") WHERE status = 'draft';--> statement-breakpoint
CREATE INDEX "agreements_centre_idx" ON "agreements" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "audit_entries_hat_idx" ON "audit_entries" USING btree ("hat_kind","hat_id","id");--> statement-breakpoint
CREATE INDEX "audit_entries_centre_idx" ON "audit_entries" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "audit_entries_organisation_idx" ON "audit_entries" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "audit_entries_entity_idx" ON "audit_entries" USING btree ("entity_type","entity_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "service_versions_published_key" ON "service_versions" USING btree ("service_id") WHERE status = 'published';--> statement-breakpoint
CREATE UNIQUE INDEX "service_versions_draft_key" ON "service_versions" USING btree ("service_id") WHERE status = 'draft';--> statement-breakpoint
CREATE INDEX "services_centre_title_idx" ON "services" USING btree ("centre_id","title","id");--> statement-breakpoint
CREATE INDEX "allocation_run_lines_organisation_idx" ON "allocation_run_lines" USING btree ("organisation_id","run_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "allocation_runs_posted_key" ON "allocation_runs" USING btree ("centre_id","period_id") WHERE status = 'posted';--> statement-breakpoint
CREATE INDEX "allocation_runs_centre_idx" ON "allocation_runs" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "allocation_runs_members_idx" ON "allocation_runs" USING gin ("member_ids");--> statement-breakpoint
CREATE INDEX "allocation_runs_period_idx" ON "allocation_runs" USING btree ("period_id");--> statement-breakpoint
CREATE UNIQUE INDEX "allocation_keys_number_key" ON "allocation_keys" USING btree ("centre_id","name","number");--> statement-breakpoint
CREATE INDEX "allocation_keys_newest_idx" ON "allocation_keys" USING btree ("centre_id","name","as_of","number");--> statement-breakpoint
CREATE INDEX "billing_periods_centre_idx" ON "billing_periods" USING btree ("centre_id","starts_on","id");--> statement-breakpoint
CREATE INDEX "cost_line_imports_hash_idx" ON "cost_line_imports" USING btree ("centre_id","file_hash");--> statement-breakpoint
CREATE INDEX "cost_lines_centre_day_idx" ON "cost_lines" USING btree ("centre_id","booked_on","id");--> statement-breakpoint
CREATE INDEX "cost_lines_service_idx" ON "cost_lines" USING btree ("centre_id","service_id","booked_on");--> statement-breakpoint
CREATE INDEX "cost_lines_import_idx" ON "cost_lines" USING btree ("import_id") WHERE import_id is not null;--> statement-breakpoint
CREATE INDEX "machine_accounts_hat_idx" ON "machine_accounts" USING btree ("hat_kind","hat_id","id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_session_idx" ON "refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_expires_idx" ON "refresh_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "role_assignments_hat_idx" ON "role_assignments" USING btree ("hat_kind","hat_id","user_id");--> statement-breakpoint
CREATE INDEX "sessions_family_idx" ON "sessions" USING btree ("family_id");--> statement-breakpoint
CREATE INDEX "sessions_user_idx" ON "sessions" USING btree ("user_id") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "team_members_user_idx" ON "team_members" USING btree ("user_id","team_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "centre_members_organisation_idx" ON "centre_members" USING btree ("organisation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "organisations_ags_key" ON "organisations" USING btree ("ags");--> statement-breakpoint
CREATE INDEX "organisations_name_idx" ON "organisations" USING btree ("name","id");--> statement-breakpoint
CREATE INDEX "service_request_events_request_idx" ON "service_request_events" USING btree ("request_id","id");--> statement-breakpoint
CREATE INDEX "service_request_messages_request_idx" ON "service_request_messages" USING btree ("request_id","visibility","id");--> statement-breakpoint
CREATE INDEX "service_requests_centre_idx" ON "service_requests" USING btree ("centre_id","id");--> statement-breakpoint
CREATE INDEX "service_requests_organisation_idx" ON "service_requests" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "service_requests_team_open_idx" ON "service_requests" USING btree ("team_id","id") WHERE status in ('submitted', 'awaiting_approval', 'accepted', 'in_progress', 'on_hold');--> statement-breakpoint
CREATE INDEX "service_requests_assignee_open_idx" ON "service_requests" USING btree ("assignee_id","id") WHERE status in ('accepted', 'in_progress', 'on_hold');--> statement-breakpoint
CREATE INDEX "service_requests_claim_idx" ON "service_requests" USING btree ("team_id","priority","submitted_at","id") WHERE status = 'accepted' and assignee_id is null;--> statement-breakpoint
CREATE INDEX "service_requests_closes_idx" ON "service_requests" USING btree ("closes_at") WHERE status = 'resolved';--> statement-breakpoint
CREATE INDEX "service_requests_external_idx" ON "service_requests" USING btree ("organisation_id","external_reference") WHERE external_reference is not null;--> statement-breakpoint
CREATE INDEX "service_requests_search_idx" ON "service_requests" USING gin ("search");--> statement-breakpoint
CREATE UNIQUE INDEX "usage_events_reversal_key" ON "usage_events" USING btree ("corrects_event_id") WHERE kind = 'reversal';--> statement-breakpoint
CREATE INDEX "usage_events_corrects_idx" ON "usage_events" USING btree ("corrects_event_id") WHERE corrects_event_id is not null;--> statement-breakpoint
CREATE INDEX "usage_events_centre_day_idx" ON "usage_events" USING btree ("centre_id","occurred_on","id");--> statement-breakpoint
CREATE INDEX "usage_events_service_day_idx" ON "usage_events" USING btree ("centre_id","service_id","occurred_on");--> statement-breakpoint
CREATE INDEX "usage_events_organisation_day_idx" ON "usage_events" USING btree ("organisation_id","occurred_on","id");--> statement-breakpoint
CREATE INDEX "usage_events_request_idx" ON "usage_events" USING btree ("request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_jobs_waiting_idx" ON "outbox_jobs" USING btree ("available_at","id") WHERE dispatched_at is null;--> statement-breakpoint
CREATE INDEX "outbox_jobs_running_idx" ON "outbox_jobs" USING btree ("dispatched_at") WHERE dispatched_at is not null and completed_at is null and failed_at is null;--> statement-breakpoint
CREATE INDEX "outbox_jobs_failed_idx" ON "outbox_jobs" USING btree ("hat_kind","hat_id","id") WHERE failed_at is not null;--> statement-breakpoint
CREATE INDEX "outbox_jobs_completed_idx" ON "outbox_jobs" USING btree ("completed_at") WHERE completed_at is not null;--> statement-breakpoint
CREATE POLICY "agreement_coverage_centre" ON "agreement_coverage" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "agreement_coverage_member" ON "agreement_coverage" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "agreement_parties_centre" ON "agreement_parties" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "agreement_parties_member" ON "agreement_parties" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "agreement_versions_centre" ON "agreement_versions" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "agreement_versions_member" ON "agreement_versions" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and status <> 'draft' and exists (select from agreement_parties p where p.agreement_version_id = agreement_versions.id and p.organisation_id = app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "agreements_centre" ON "agreements" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "agreements_member" ON "agreements" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and exists (select from agreement_versions v where v.agreement_id = agreements.id)) then true else false end);--> statement-breakpoint
CREATE POLICY "audit_entries_write" ON "audit_entries" AS PERMISSIVE FOR INSERT TO "verbund_app" WITH CHECK ((hat_kind = app.hat_kind() and hat_id = app.hat_id()) or app.hat_kind() = 'identity');--> statement-breakpoint
CREATE POLICY "audit_entries_read" ON "audit_entries" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when ((hat_kind = app.hat_kind() and hat_id = app.hat_id()) or (app.hat_kind() = 'centre' and centre_id = app.hat_id()) or (app.hat_kind() = 'organisation' and organisation_id = app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "service_versions_centre" ON "service_versions" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "service_versions_member" ON "service_versions" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and status <> 'draft' and exists (select from centre_members m where m.centre_id = service_versions.centre_id and m.organisation_id = app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "services_centre" ON "services" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "services_member" ON "services" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and first_published_at is not null and exists (select from centre_members m where m.centre_id = services.centre_id and m.organisation_id = app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "allocation_run_calculations_centre" ON "allocation_run_calculations" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "allocation_run_lines_centre" ON "allocation_run_lines" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "allocation_run_lines_member" ON "allocation_run_lines" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id() and exists (select from allocation_runs r where r.id = allocation_run_lines.run_id and r.status in ('posted', 'superseded'))) then true else false end);--> statement-breakpoint
CREATE POLICY "allocation_runs_centre" ON "allocation_runs" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "allocation_runs_member" ON "allocation_runs" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and status in ('posted', 'superseded') and app.hat_id() = any (member_ids)) then true else false end);--> statement-breakpoint
CREATE POLICY "allocation_keys_centre" ON "allocation_keys" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "billing_periods_centre" ON "billing_periods" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "cost_line_imports_centre" ON "cost_line_imports" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "cost_lines_centre" ON "cost_lines" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "login_attempts_identity" ON "login_attempts" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'identity' then true else false end) WITH CHECK (case when app.hat_kind() = 'identity' then true else false end);--> statement-breakpoint
CREATE POLICY "machine_accounts_identity" ON "machine_accounts" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'identity' then true else false end) WITH CHECK (case when app.hat_kind() = 'identity' then true else false end);--> statement-breakpoint
CREATE POLICY "machine_accounts_hat" ON "machine_accounts" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end) WITH CHECK (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "refresh_tokens_identity" ON "refresh_tokens" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'identity' then true else false end) WITH CHECK (case when app.hat_kind() = 'identity' then true else false end);--> statement-breakpoint
CREATE POLICY "role_assignments_identity" ON "role_assignments" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'identity' then true else false end) WITH CHECK (case when app.hat_kind() = 'identity' then true else false end);--> statement-breakpoint
CREATE POLICY "role_assignments_hat" ON "role_assignments" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end) WITH CHECK (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "role_assignments_platform" ON "role_assignments" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'platform' then true else false end) WITH CHECK (case when app.hat_kind() = 'platform' then true else false end);--> statement-breakpoint
CREATE POLICY "sessions_identity" ON "sessions" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'identity' then true else false end) WITH CHECK (case when app.hat_kind() = 'identity' then true else false end);--> statement-breakpoint
CREATE POLICY "sessions_hat" ON "sessions" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end) WITH CHECK (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "team_members_centre" ON "team_members" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "teams_centre" ON "teams" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "users_identity" ON "users" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'identity' then true else false end) WITH CHECK (case when app.hat_kind() = 'identity' then true else false end);--> statement-breakpoint
CREATE POLICY "users_self" ON "users" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when id = app.actor_id() then true else false end);--> statement-breakpoint
CREATE POLICY "users_colleagues" ON "users" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when exists (select from role_assignments a where a.user_id = id and a.hat_kind = app.hat_kind() and a.hat_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "centre_members_read" ON "centre_members" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'platform' or (app.hat_kind() = 'centre' and centre_id = app.hat_id()) or (app.hat_kind() = 'organisation' and organisation_id = app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "centre_members_write" ON "centre_members" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'platform' or (app.hat_kind() = 'centre' and centre_id = app.hat_id())) then true else false end) WITH CHECK (case when (app.hat_kind() = 'platform' or (app.hat_kind() = 'centre' and centre_id = app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "centres_read" ON "centres" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when app.hat_kind() is not null then true else false end);--> statement-breakpoint
CREATE POLICY "centres_platform" ON "centres" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'platform' then true else false end) WITH CHECK (case when app.hat_kind() = 'platform' then true else false end);--> statement-breakpoint
CREATE POLICY "centres_own" ON "centres" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "organisation_populations_read" ON "organisation_populations" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when app.hat_kind() is not null then true else false end);--> statement-breakpoint
CREATE POLICY "organisation_populations_platform" ON "organisation_populations" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'platform' then true else false end) WITH CHECK (case when app.hat_kind() = 'platform' then true else false end);--> statement-breakpoint
CREATE POLICY "organisations_read" ON "organisations" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when app.hat_kind() is not null then true else false end);--> statement-breakpoint
CREATE POLICY "organisations_platform" ON "organisations" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'platform' then true else false end) WITH CHECK (case when app.hat_kind() = 'platform' then true else false end);--> statement-breakpoint
CREATE POLICY "service_request_events_two_parties" ON "service_request_events" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when ((app.hat_kind() = 'centre' and centre_id = app.hat_id()) or ((app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) and visibility = 'parties')) then true else false end) WITH CHECK (case when ((app.hat_kind() = 'centre' and centre_id = app.hat_id()) or ((app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) and visibility = 'parties')) then true else false end);--> statement-breakpoint
CREATE POLICY "service_request_messages_two_parties" ON "service_request_messages" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when ((app.hat_kind() = 'centre' and centre_id = app.hat_id()) or ((app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) and visibility = 'parties')) then true else false end) WITH CHECK (case when ((app.hat_kind() = 'centre' and centre_id = app.hat_id()) or ((app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) and visibility = 'parties')) then true else false end);--> statement-breakpoint
CREATE POLICY "service_requests_two_parties" ON "service_requests" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when ((app.hat_kind() = 'centre' and centre_id = app.hat_id() and status <> 'draft') or (app.hat_kind() = 'organisation' and organisation_id = app.hat_id())) then true else false end) WITH CHECK (case when ((app.hat_kind() = 'centre' and centre_id = app.hat_id() and status <> 'draft') or (app.hat_kind() = 'organisation' and organisation_id = app.hat_id())) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_events_centre" ON "usage_events" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end) WITH CHECK (case when (app.hat_kind() = 'centre' and centre_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "usage_events_member" ON "usage_events" AS PERMISSIVE FOR SELECT TO "verbund_app" USING (case when (app.hat_kind() = 'organisation' and organisation_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "idempotency_keys_own_hat" ON "idempotency_keys" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end) WITH CHECK (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "idempotency_keys_housekeeping" ON "idempotency_keys" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when app.hat_kind() = 'identity' then true else false end) WITH CHECK (case when app.hat_kind() = 'identity' then true else false end);--> statement-breakpoint
CREATE POLICY "outbox_jobs_own_hat" ON "outbox_jobs" AS PERMISSIVE FOR ALL TO "verbund_app" USING (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end) WITH CHECK (case when (hat_kind = app.hat_kind() and hat_id = app.hat_id()) then true else false end);--> statement-breakpoint
CREATE POLICY "outbox_jobs_enqueue" ON "outbox_jobs" AS PERMISSIVE FOR INSERT TO "verbund_app" WITH CHECK (app.hat_kind() is not null);--> statement-breakpoint
CREATE POLICY "outbox_jobs_relay" ON "outbox_jobs" AS PERMISSIVE FOR ALL TO "verbund_jobs" USING (true) WITH CHECK (true);