# Two commands: `make run` serves the demo shop, `make test` runs every check.
.DEFAULT_GOAL := run
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
DATA := $(or $(MAINSPRING_DATA),var)
VAULT_SOAKS := src/mainspring/vault/tests/test_canaries.py src/mainspring/vault/tests/test_kills.py
PYTHON ?= python3
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy
# What Python has compiled is kept, also where the environment says not to: a command starts in a third of the time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run setup test system static suites lint types contracts migrations suite suite-postgres browser bench pictures messages clean \
  lighthouse measure-mail measure-understanding soak-api soak-numbers soak-money soak-mail soak-outbox soak-payments \
  soak-shares soak-audit soak-vault soak-backup soak-health soak-nonsense

run: setup $(DATA)/demo-people.txt ## Set everything up and serve the demo shop
	@exec $(BIN)/mainspring serve

$(DATA)/demo-people.txt: | setup
	@$(BIN)/mainspring demo --if-empty

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

test: system setup ## Every check, from nothing: what reads the code beside what runs it
	@$(MAKE) --no-print-directory --jobs=2 static suites

static: lint types contracts migrations

suites:
	@$(MAKE) --no-print-directory suite
	@$(MAKE) --no-print-directory suite-postgres
	@$(MAKE) --no-print-directory browser

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
	$(BIN)/pytest -n 3 --ignore=tests/browser

suite-postgres: setup ## The suite on PostgreSQL, without the matrices that ask every route the same
	$(BIN)/python scripts/with_postgres.py $(BIN)/pytest -n 3 --ignore=tests/browser -m "not matrix"

browser: setup ## The pages in a real Chromium
	$(BIN)/pytest -n 2 --dist worksteal tests/browser

bench: setup ## How fast the desk is with 1,000 and 100,000 tickets, on both engines
	$(BIN)/python bench/run.py --out docs/bench/latest.json
	POSTGRES_SETTINGS="-c shared_buffers=512MB" $(BIN)/python scripts/with_postgres.py \
	  $(BIN)/python bench/run.py --out docs/bench/latest.json

soak-numbers: setup ## 5,000 invoices by many at once, a fifth taken back, on both engines
	MAINSPRING_NUMBERS=$${MAINSPRING_NUMBERS:-5000} $(BIN)/pytest -s src/mainspring/billing/tests/test_numbers.py
	MAINSPRING_NUMBERS=$${MAINSPRING_NUMBERS:-5000} $(BIN)/python scripts/with_postgres.py $(BIN)/pytest -s src/mainspring/billing/tests/test_numbers.py

soak-money: setup ## 100,000 random bills and histories against the oracle, 1,000,000 sums to the cent
	MAINSPRING_HISTORIES=$${MAINSPRING_HISTORIES:-100000} $(BIN)/pytest -s -n 2 tests/test_money_against_oracle.py tests/test_histories_against_oracle.py src/mainspring/estimates/tests/test_estimates.py
	MAINSPRING_SUMS=$${MAINSPRING_SUMS:-1000000} $(BIN)/pytest -s -n 2 tests/test_money_is_decimal.py

soak-mail: setup ## 1,000 mails through Dovecot, 30 kills: 0 lost, 0 doubled (MAILS=10000 KILLS=200 before a release)
	$(BIN)/python tests/soak_mail.py --mails $${MAILS:-1000} --kills $${KILLS:-30} --limit 3600

measure-mail: setup ## How many mails a second come in, through Dovecot into tickets, on both engines
	$(BIN)/python tests/soak_mail.py --mails $${MAILS:-1000} --kills 0 --limit 3600
	$(BIN)/python scripts/with_postgres.py $(BIN)/python tests/soak_mail.py --mails $${MAILS:-1000} --kills 0 --limit 3600

measure-understanding: setup ## Bounces and replies understood: the own samples, or CORPUS=folders of the same layout
	$(BIN)/python tests/measure_understanding.py $(CORPUS)

soak-outbox: setup ## 5,000 mails by SMTP, 200 kills, a server that hangs up, on both engines: 0 lost, order kept
	$(BIN)/python tests/soak_outbox.py --mails $${MAILS:-5000} --kills $${KILLS:-200} --limit 3600
	$(BIN)/python scripts/with_postgres.py $(BIN)/python tests/soak_outbox.py --mails $${MAILS:-5000} --kills $${KILLS:-200} --limit 3600

soak-payments: setup ## 1,000 payments, each told three times, the web server killed 100 times
	MAINSPRING_PAYMENTS=$${MAINSPRING_PAYMENTS:-1000} $(BIN)/pytest -s src/mainspring/billing/tests/test_payments_soak.py

soak-audit: setup ## 1,200 tamperings with 10,000 rows of the audit trail, a million rows read, on both engines
	MAINSPRING_TRAIL=10000 MAINSPRING_TAMPERINGS=200 MAINSPRING_ROWS=1000000 $(BIN)/pytest -s src/mainspring/events/tests/test_chain.py
	MAINSPRING_TRAIL=10000 MAINSPRING_TAMPERINGS=200 MAINSPRING_ROWS=1000000 $(BIN)/python scripts/with_postgres.py $(BIN)/pytest -s src/mainspring/events/tests/test_chain.py

soak-vault: setup ## 1,000 canaries, 100 kills among looks, 50,000 entries under a new key with a kill every 5 s, on both engines
	VAULT_CANARIES=1000 VAULT_KILLS=100 VAULT_ENTRIES=50000 VAULT_KILL_EVERY=5 $(BIN)/pytest -s $(VAULT_SOAKS)
	VAULT_CANARIES=1000 VAULT_KILLS=100 VAULT_ENTRIES=50000 VAULT_KILL_EVERY=5 $(BIN)/python scripts/with_postgres.py $(BIN)/pytest -s $(VAULT_SOAKS)

soak-api: setup ## Schemathesis over the API with the tokens of all roles, 25 cases of either kind an operation
	MAINSPRING_FUZZ=$${MAINSPRING_FUZZ:-25} $(BIN)/pytest -n 2 tests/test_api_fuzz.py

soak-nonsense: setup ## ten kinds of nonsense for everything that a page or a form reads, on both engines
	MAINSPRING_NONSENSE=1 $(BIN)/pytest -n 2 tests/test_nonsense.py
	MAINSPRING_NONSENSE=1 $(BIN)/python scripts/with_postgres.py $(BIN)/pytest -n 2 tests/test_nonsense.py

soak-backup: setup ## 100,000 tickets and 500 MB of files backed up while somebody writes, and restored, on both engines
	$(BIN)/python tests/soak_backup.py --tickets $${TICKETS:-100000} --files $${FILES:-250}
	$(BIN)/python scripts/with_postgres.py $(BIN)/python tests/soak_backup.py --tickets $${TICKETS:-100000} --files $${FILES:-250}

soak-health: setup ## 14 real faults, each red within 30 s and green within 60 s, on both engines; as root, for a full and a read-only disk
	$(BIN)/python tests/soak_health.py
	$(BIN)/python scripts/with_postgres.py $(BIN)/python tests/soak_health.py

pictures: setup ## The pictures of the docs, from the demo shop
	$(BIN)/python scripts/pictures.py

lighthouse: setup ## Lighthouse over the public site and the portal: 100 for accessibility and best practices, or it fails
	$(BIN)/python scripts/lighthouse.py

soak-shares: setup ## 300 random histories of payments of several invoices against the oracle, and the races, on both engines
	MAINSPRING_SHARES=$${MAINSPRING_SHARES:-300} $(BIN)/pytest -n 2 src/mainspring/billing/gateways/stripe/tests/test_shares.py
	$(BIN)/python scripts/with_postgres.py $(BIN)/pytest -n 0 src/mainspring/billing/gateways/stripe/tests/test_shares_racing.py

messages: setup ## Collect the words to translate into the catalogues
	@mkdir -p var
	$(BIN)/pybabel extract -F babel.cfg -k gettext_lazy -k pgettext_lazy:1c,2 -k ngettext:1,2 -k gettext_noop -o var/messages.pot --no-location --sort-output src/mainspring
	$(BIN)/pybabel update -i var/messages.pot -d src/mainspring/locale -D django --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date

clean:
	rm -rf $(VENV) $(STAMPS) node_modules var
