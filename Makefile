# Two commands: `make run` serves the demo shop, `make test` runs every check.
.DEFAULT_GOAL := run
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
PYTHON ?= python3
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy

.PHONY: run setup test system lint types contracts migrations suite suite-postgres browser messages clean

run: setup ## Set everything up and serve the demo shop
	@$(BIN)/mainspring demo --if-empty
	@exec $(BIN)/mainspring serve

setup: $(STAMPS)/installed $(STAMPS)/assets $(STAMPS)/messages

$(STAMPS)/installed: requirements.lock pyproject.toml
	@mkdir -p $(STAMPS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps -e .
	@touch $@

$(STAMPS)/assets: package.json package-lock.json $(shell find assets -type f 2>/dev/null)
	@mkdir -p $(STAMPS)
	@command -v npm >/dev/null || { echo "Node 20 builds the pages' assets: apt-get install nodejs npm"; exit 1; }
	@npm ci --silent --no-audit --no-fund
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build
	@touch $@

$(STAMPS)/messages: $(STAMPS)/installed $(shell find src/mainspring/locale -name '*.po' 2>/dev/null)
	@for po in $$(find src/mainspring/locale -name '*.po' 2>/dev/null); do \
	  $(BIN)/pybabel --quiet compile --input-file $$po --output-file $${po%.po}.mo || exit 1; done
	@touch $@

test: system setup lint types contracts migrations suite suite-postgres browser ## Every check, from nothing

system:
	@scripts/system-packages.sh

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy src tests scripts

contracts: setup
	$(BIN)/lint-imports

migrations: setup
	$(BIN)/mainspring makemigrations --check --dry-run

suite: setup ## The suite on SQLite
	$(BIN)/pytest -n 2 -m "not browser"

suite-postgres: setup ## The suite on PostgreSQL
	$(BIN)/python scripts/with_postgres.py $(BIN)/pytest -n 2 -m "not browser"

browser: setup ## The pages in a real Chromium
	$(BIN)/pytest -m browser

messages: setup ## Collect the words to translate into the catalogues
	$(BIN)/pybabel extract -F babel.cfg -o var/messages.pot --no-location --sort-output src/mainspring
	$(BIN)/pybabel update -i var/messages.pot -d src/mainspring/locale -D django --no-fuzzy-matching --ignore-obsolete

clean:
	rm -rf $(VENV) $(STAMPS) node_modules var
