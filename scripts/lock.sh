#!/bin/sh
# Writes requirements.lock: the newest versions that fit the two requirements files, for every platform.
set -eu
{
    echo "# Every package and version, development included; written by \`make lock\`, read as constraints by scripts/install.py."
    .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate requirements-dev.txt
} >requirements.lock.new
mv requirements.lock.new requirements.lock
