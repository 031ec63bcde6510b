# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin/python
PYTEST := $(BIN) -m pytest
# A failure that does not come again is told whole, for its cause is still there.
AGAIN := --reruns 2 -raR --rerun-show-tracebacks
GLASS := tests/breakglass tests/anonymity/test_purpose.py tests/privacy/test_graph.py tests/privacy/test_rows.py
# Where it is set, each of the hundred processes of a test run would compile all it imports.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1|/p' Makefile | while IFS='|' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

run: runtime ## run the board at http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(BIN) scripts/run.py

test: development ## install what the tests need, then check everything
	@$(MAKE) --no-print-directory -j 2 -O servers lint
	@$(MAKE) --no-print-directory suite

suite:
	$(PYTEST) -n 2 --dist worksteal --statements=note
	@$(MAKE) --no-print-directory -j 3 -O postgres glass lost
	$(PYTEST) -n 3 --dist load --maxschedchunk 1 $(AGAIN) tests/browser

postgres:
	$(PYTEST) -n 3 --dist worksteal --stores=postgres -m "not embedded" --statements=cover

glass:
	$(PYTEST) --break-glass $(GLASS)

lost: # which mostly waits
	$(PYTEST) $(AGAIN) --stores=postgres tests/browser -k "test_the_main_job or test_live_lost"

lint: development ## style, types, templates and Django's own checks
	$(BIN) -m ruff check .
	$(BIN) -m ruff format --check .
	$(BIN) -m mypy
	$(BIN) -m djlint --lint --quiet templates breakglass/templates
	@sh scripts/check_deploy.sh

screenshots: development servers ## take the README's screenshots again
	$(BIN) scripts/screenshots.py

bench: development ## measure the pages (see docs/performance.md)
	$(BIN) benchmarks/pages.py

lock: development ## pin every package that requirements.txt and requirements-dev.txt bring along
	@sh scripts/lock.sh

runtime: python
	@$(PYTHON) scripts/install.py requirements.txt

development: python
	@$(PYTHON) scripts/install.py requirements-dev.txt

python:
	@command -v $(PYTHON) >/dev/null || { echo "Sounding Board needs Python 3.11 or newer, and there is no $(PYTHON) here; on Debian: apt-get install python3 python3-venv" >&2; exit 1; }

servers:
	@sh scripts/install_servers.sh

.PHONY: help run test suite postgres glass lost lint screenshots bench lock runtime development python servers
