# The front door: `make board` and `make test` set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := --quiet --disable-pip-version-check --no-deps --require-hashes
READY := $(VENV)/.ready
# What the tests draw with: a browser, glyphs of both languages, a PDF to text reader; and the other
# database that a store may lie in.
SYSTEM := chromium fonts-noto-cjk fonts-noto-core poppler-utils postgresql

# Compiled once, not again by each of the hundreds of processes that the tests start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: board serve test compiled check style types fuzz crash release validate bench messages schema commands pictures printed posterior docs system ensurepip clean

board: $(READY)
	$(BIN)/hilum board examples/midgut-multifocal.toml

serve: $(READY)
	$(BIN)/hilum serve --open

# Most of the checks and some of the tests wait for one core, or for nothing but the clock: side by
# side they leave less of it idle. What the checks found is printed after the tests.
test:
	$(MAKE) -j2 --output-sync=target $(READY) system compiled
	@checked=$$(mktemp); nice -n 5 $(MAKE) --no-print-directory check >$$checked 2>&1 & checks=$$!; \
	$(BIN)/python -m pytest -n auto --dist loadgroup; tested=$$?; \
	wait $$checks; said=$$?; cat $$checked; rm -f $$checked; [ $$tested = 0 ] && [ $$said = 0 ]

# While the system's packages come: or each worker of the tests would do it for itself. What is wrong
# with a test that cannot be read is said when it is run.
compiled: $(READY)
	@$(BIN)/python -m pytest --collect-only -q >/dev/null 2>&1 || true

# The types take as long as the pages: each has a core.
check: $(READY)
	$(MAKE) -j2 --output-sync=target style types docs

style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(READY)
	$(BIN)/basedpyright

# 10,000 spoilt inputs over every reader and command, and random questions to every route of the
# workbench; a part of both is among the tests.
fuzz: $(READY)
	$(BIN)/python -m proofs.fuzz
	$(BIN)/python -m proofs.openapi

# 1,000 kills over every writer, and what else can befall a file; 200 in mid-save and 200 in mid-work
# over the store; 200 of the served program with all that it started.
crash: $(READY)
	$(BIN)/python -m proofs.crash
	$(BIN)/python -m proofs.stores
	$(BIN)/python -m proofs.served

# HILUM_RELEASE_KEY signs, HILUM_OSV is a database of known vulnerabilities; see tools/release.py.
release: $(READY)
	$(BIN)/python -m tools.release

# Every claim with a bound, in half an hour on two cores; the figures stand in docs/validation.md.
# Then the tests that take long and repeat in another language or case what a quick one holds, and
# the workbench's once more, over the other database.
validate: $(READY)
	$(BIN)/python -m validation
	$(BIN)/python -m pytest -q -n auto -m slow
	HILUM_TEST_STORE=postgresql $(BIN)/python -m pytest -q tests/web

# One program a subject; a file that ends in _jobs.py is a peer's half of one.
bench: $(READY)
	@set -e; for f in $(sort $(filter-out %_jobs.py,$(wildcard benchmarks/*.py))); do \
	  $(BIN)/python -m $$(echo $${f%.py} | tr / .); done

messages: $(READY)
	$(BIN)/python -m tools.messages

schema: $(READY)
	$(BIN)/python -m tools.schema

commands: $(READY)
	$(BIN)/python -m tools.commands

pictures: $(READY)
	$(BIN)/python -m tools.pictures

# What the pages say that their commands print, and what these draw.
printed: $(READY)
	$(BIN)/python -m tools.printed

# After the evidence has changed: what is too slow for a sheet, kept beside it.
posterior: $(READY)
	$(BIN)/python -m tools.posterior

# Pictures whose page has changed are drawn again; the tests hold what the pages print and draw.
docs: $(READY)
	$(BIN)/python -m tools.pictures
	$(BIN)/python -m sphinx -W -q -b html docs docs/_build

# Before anything else that installs: two would wait for one lock.
ensurepip:
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv; \
	    else echo "python3-venv is needed: sudo apt-get install python3-venv" >&2; exit 1; fi; }

# uv unpacks in seconds what takes pip two minutes; pip where uv cannot be had, or does not know the
# index that pip was told of.
$(READY): requirements.lock installer.lock pyproject.toml | ensurepip
	$(PYTHON) -m venv $(VENV)
	{ $(BIN)/python -m pip install $(PIP) -r installer.lock && \
	  $(BIN)/uv pip install --quiet --no-cache --python $(BIN)/python --no-deps --require-hashes -r requirements.lock; } \
	  || $(BIN)/python -m pip install $(PIP) -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

system: | ensurepip
	@missing=""; for p in $(SYSTEM); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "needed:$$missing (sudo apt-get install$$missing)" >&2; exit 1; fi; fi

clean:
	rm -rf $(VENV) board docs/_build
