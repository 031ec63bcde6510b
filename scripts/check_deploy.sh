#!/bin/sh
# Django's checks with a production's settings, and models against their migrations. Nothing is left behind.
set -eu
python=.venv/bin/python
DATA_DIR=$(mktemp -d)
trap 'rm -rf "$DATA_DIR"' EXIT
export DATA_DIR ANON_KEYRING_FILE="$DATA_DIR/anon-keyring.json"

$python manage.py anon_keygen --verbosity 0 # the checks of every other command ask for it
$python manage.py makemigrations --check --dry-run

export DEBUG=0 SITE_URL=https://board.example
DJANGO_SECRET_KEY=$($python -c 'import secrets; print(secrets.token_urlsafe(64))')
export DJANGO_SECRET_KEY
$python manage.py check --deploy --fail-level WARNING
