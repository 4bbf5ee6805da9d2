#!/bin/sh
# Scores every account that pays into the table churn_scores of the database that DATABASE_URL names, beside the app that
# runs on this folder. For cron: 30 3 * * * cd /srv/subscriptions && ./nightly.sh
# Called again after a stop, it goes on where it stopped; the table is as it was until all rows are there.
set -eu
cd "$(dirname "$0")"
exec npx tenon score churn --for entity --to postgres:churn_scores --explain features --rate 2000 "$@"
