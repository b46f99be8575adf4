#!/bin/sh
# Runs once, when the database of compose.yaml is created. The program's login owns nothing and is no superuser, so that
# row-level security holds for it; `verbund migrate` works with the owner's login.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$VERBUND_APP_PASSWORD" --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
create role verbund_app nologin;
create role verbund_jobs nologin;
create role verbund login noinherit password :'password' in role verbund_app, verbund_jobs;
SQL
