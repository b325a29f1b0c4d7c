.PHONY: help setup run test test-servers test-office test-deep check fix bench bench-models bench-risk lock

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

setup:  ## make .venv what requirements.lock says (the others call it)
	@scripts/setup

run: setup  ## sample school, API on 8004, Dagster UI on 3000; Ctrl-C ends all
	@exec .venv/bin/spool up --sample

test: setup  ## all tests, with a small, repeatable share of generated ones
	@scripts/postgres
	@scripts/redis
	@scripts/poppler
	@scripts/browser
	@.venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-servers: setup  ## the tests of the API and a journey, all over real PostgreSQL and Redis too
	@scripts/postgres
	@scripts/redis
	@scripts/poppler
	@SPOOL_SERVERS=1 .venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder tests/integration tests/journey/test_journey.py $(ARGS)

test-office: setup  ## our tables opened by LibreOffice, which this installs (450 MB)
	@scripts/libreoffice
	@.venv/bin/pytest tests/integration/test_spreadsheets.py $(ARGS)

test-deep: setup  ## all tests, with many more generated ones and kills
	@scripts/postgres
	@scripts/redis
	@scripts/poppler
	@scripts/browser
	@scripts/libreoffice
	@HYPOTHESIS_PROFILE=deep SPOOL_DEEP=1 .venv/bin/pytest --timeout=0 $(ARGS)

check: setup  ## every check; changes nothing
	@scripts/check

fix: setup  ## format and mend what tools can mend
	@scripts/fix

bench: setup  ## measure what docs/benchmarks.md claims
	@.venv/bin/python -m benchmarks.run $(ARGS)

bench-models: setup  ## predictions on real tries (DATA=folder, or TRAIN=file TEST=file)
	@.venv/bin/python -m benchmarks.models $(if $(DATA),--data $(DATA)) \
		$(if $(TRAIN),--train $(TRAIN)) $(if $(TEST),--test $(TEST)) $(ARGS)

bench-risk: setup  ## measure risk and forecasts on real records (DATA=folder, or TRAIN= and TEST= folders)
	@.venv/bin/python -m benchmarks.risk $(if $(DATA),--data $(DATA)) \
		$(if $(TRAIN),--train $(TRAIN)) $(if $(TEST),--test $(TEST)) $(ARGS)

lock: setup  ## pin the dependencies of pyproject.toml (ARGS=--upgrade for newer ones)
	@scripts/lock $(ARGS)
