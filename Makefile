# Everything a contributor does here, with nothing but Python 3.10 to 3.13, pip and make.
# The first target that needs it installs the packages of poetry.lock into .venv: about a minute, once.

PYTHON ?= python3
RUN := .venv/bin/python
CODE := $(wildcard source_aws_iam destination_security_lake aws_calls unit_tests integration_tests repo_tests dbt_tests embedded_aws contract fuzz tools benchmarks)
# Its types are checked where Spark is installed.
BACKFILL := spark_backfill

# The lock has wheels for everything, so nothing is compiled or run while installing. pip's word is shown if it fails.
PIP_INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --no-deps
LOCKED := --require-hashes --only-binary :all: --no-compile
OR_SHOW := 2> build/pip.log || { cat build/pip.log >&2; exit 1; }

# The files of the tests go to as many processes as there are processors, and those of integration_tests, which mostly
# wait, to twice as many; ARGS="-n0" runs them in one, to debug.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 8 --dist loadfile

# What shows whether the connector works with other versions of its dependencies, beside the unit tests.
SHORT_READ := $(addprefix integration_tests/test_read.py::, \
	test_every_row_and_column_is_right_and_fits_its_schema test_a_role_can_be_assumed_by_the_environments_identity)
ALLOWED_VERSIONS = $(RUN) tools/allowed_versions.py --pythons "$(PYTHONS)" $(1) -q unit_tests $(SHORT_READ) $(SIDE_BY_SIDE) $(ARGS)

# Beside .venv, and not in it: Spark is large, and no other test needs it.
SPARK := $(CURDIR)/build/spark
IN_SPARK := PYTHONPATH=$(SPARK) MYPYPATH=$(SPARK) $(RUN) -m

# Beside .venv too, and with a lock of its own: dbt and mypy need other versions of the same package.
DBT := $(CURDIR)/build/dbt

# With docker or podman: make image BASE_IMAGE=… builds on another base than Airbyte's.
VERSION_IN = $(shell sed -n 's/^version = "\(.*\)"/\1/p' $(1))
IMAGE ?= airbyte/source-aws-iam:$(call VERSION_IN,pyproject.toml)
DESTINATION_IMAGE ?= airbyte/destination-security-lake:$(call VERSION_IN,destination_security_lake/pyproject.toml)
ENGINE ?= $(shell tools/image/engine)
BUILD = $(ENGINE) build $(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE))

# Python compiles each module when it is first imported (see --no-compile), so it has to be allowed to.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help sync security-lake test check format lint types unit repo integration test-double test-spark test-dbt dbt-docs contract test-newest test-lowest soak fuzz bench-audit bench-inventory bench-accounts bench-spec bench-trail bench-dbt bench-security-lake image image-connector image-destination image-test ci-image sbom venv clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

sync: venv $(DBT)/.installed ## Sync into a DuckDB file, and build the dbt models in it: embedded AWS, or your own with CONFIG=config.json; EVENTS=folder of CloudTrail logs, TRAIL=1, or both
	@$(RUN) -m integration_tests.sync $(if $(CONFIG),--config "$(CONFIG)") $(if $(EVENTS),--events "$(EVENTS)") $(if $(TRAIL),--trail)

security-lake: venv ## Sync embedded AWS into a Security Lake in its own S3, through the destination, and ask it two questions
	@$(RUN) -m integration_tests.security_lake $(ARGS)

test: venv ## Run lint, types and the tests; .ci/run, which CI runs, also tests embedded AWS and the image
	@$(RUN) tools/stages.py $(MAKE) lint types unit repo integration

check: lint types unit repo ## Run the fast part of it, for every save

format: venv ## Format the code and repair what ruff can repair
	@$(RUN) -m ruff check --quiet --fix-only $(CODE) $(BACKFILL)
	@$(RUN) -m ruff format $(CODE) $(BACKFILL)

lint: venv ## Check style, formatting and which package imports which
	@$(RUN) -m ruff check $(CODE) $(BACKFILL)
	@$(RUN) -m ruff format --check $(CODE) $(BACKFILL)
	@contracts=$$($(dir $(RUN))lint-imports --no-cache) || { printf '%s\n' "$$contracts" >&2; exit 1; }

types: venv ## Check the types
	@$(RUN) -m mypy $(CODE)

unit: venv ## Run the unit tests; for a few of them ARGS="-k users"
	@$(RUN) -m pytest -q unit_tests fuzz contract $(SIDE_BY_SIDE) --durations=10 $(ARGS)

repo: venv ## Run the tests of documentation, packaging, deploy/ and CI; for a few of them ARGS="-k docs"
	@$(RUN) -m pytest -q repo_tests $(SIDE_BY_SIDE) --durations=10 $(ARGS)

integration: venv ## Run the installed connector against embedded AWS; for a few tests ARGS="-k users"
	@$(RUN) -m pytest -q integration_tests -m "not image_tests" $(SIDE_BY_SIDE) --durations=10 $(ARGS)

test-double: venv ## Run the tests of embedded AWS itself, after a change to it; for a few of them ARGS="-k faults"
	@$(RUN) -m pytest -q embedded_aws $(SIDE_BY_SIDE) --durations=10 $(ARGS)

test-spark: $(SPARK)/.installed ## Check and test spark_backfill with Spark, which needs Java 17; ARGS="-k days"
	@$(IN_SPARK) mypy $(BACKFILL)
	@$(IN_SPARK) pytest -q $(BACKFILL) --durations=5 $(ARGS)

test-dbt: $(DBT)/.installed ## Test the dbt package on DuckDB and on PostgreSQL, with dbt in build/dbt; ARGS="-k duckdb"
	@$(RUN) -m pytest -q dbt_tests --durations=5 $(ARGS)

dbt-docs: $(DBT)/.installed ## Write the lineage site of the dbt package into build/dbt_docs: one page, for any browser
	@$(RUN) -m tools.dbt_docs build/dbt_docs

spark-wheel: venv ## Build spark_backfill and what it uses of the connector into build/spark_wheel
	@$(RUN) tools/spark_wheel.py build/spark_wheel

contract: venv ## Compare how AWS answers with how embedded AWS does: CONFIG=config.json; reads little, writes nothing
	@$(RUN) -m contract $(if $(CONFIG),--config "$(CONFIG)") $(ARGS)

test-newest: venv ## Run unit tests and a short read with the newest allowed dependencies; PYTHONS="python3.12" chooses
	@$(call ALLOWED_VERSIONS,newest)

test-lowest: venv ## Run them with the lowest versions that pyproject.toml allows; both need a package index
	@$(call ALLOWED_VERSIONS,lowest)

soak: venv ## Kill and resume 200 syncs (SOAK=n), and compare the events with the truth; SEED=n repeats a run
	@SOAK=$(or $(SOAK),200) SOAK_SEED=$(SEED) $(RUN) -m pytest -q -s integration_tests/test_soak.py

fuzz: venv ## Try odd answers, records and files for an hour (SECONDS=n); what fails is kept in fuzz/corpus
	@$(RUN) -m fuzz $(SECONDS)

bench-audit: venv ## Measure audit_events beside a plain boto3 loop; ARGS="--help" lists the cases
	@$(RUN) -m benchmarks.audit $(ARGS)

bench-inventory: venv ## Measure the inventory of 5,000 users under IAM's usual limits; ARGS="--help" lists the cases
	@$(RUN) -m benchmarks.inventory $(ARGS)

bench-accounts: venv ## Measure organizations of 10, 100 and 1,000 accounts; ARGS="10 100" chooses
	@$(RUN) -m benchmarks.accounts $(ARGS)

bench-trail: venv ## Measure audit_events of log files beside a plain loop; ARGS="--help" lists the cases
	@$(RUN) -m benchmarks.trail $(ARGS)

bench-security-lake: venv ## Measure the Parquet files of a million events beside plain loops; ARGS="--events 100000"
	@$(RUN) -m benchmarks.security_lake $(ARGS)

bench-spec: venv ## Measure `spec` beside a source of the CDK with nothing in it
	@$(RUN) -m benchmarks.spec $(ARGS)

bench-dbt: $(DBT)/.installed ## Measure the models of the dbt package on 5,000 users and a million events in DuckDB
	@$(RUN) -m benchmarks.dbt $(ARGS)

image: image-connector image-destination ## Build the container images with docker or podman; -j2 builds both at once

image-connector:
	@test -n "$(ENGINE)"
	@$(BUILD) --tag $(IMAGE) .

image-destination:
	@test -n "$(ENGINE)"
	@$(BUILD) --tag $(DESTINATION_IMAGE) --file destination_security_lake/Dockerfile .

image-test: venv image ## Build them, and run them against embedded AWS as Airbyte would
	@ENGINE="$(ENGINE)" IMAGE="$(IMAGE)" DESTINATION_IMAGE="$(DESTINATION_IMAGE)" BASE_IMAGE="$(BASE_IMAGE)" \
		$(RUN) -m pytest -q integration_tests/test_image.py integration_tests/test_destination_image.py -m image_tests --durations=5 $(ARGS)

# It has a make of its own, with its own jobs.
ci-image: venv
	@MAKEFLAGS= .ci/image

sbom: venv ## Write the packages of both images with hashes and licences as CycloneDX: build/sbom.cdx.json, build/sbom-destination.cdx.json
	@$(RUN) tools/sbom.py

venv: .venv/.installed ## Install the locked packages, the connector and the destination into .venv

clean: ## Remove everything that is made here
	@rm -rf .venv build dist .tmp .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find $(CODE) $(BACKFILL) -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = "%d.%d" % sys.version_info[:2]; v in ("3.10", "3.11", "3.12", "3.13") or sys.exit("$(PYTHON) is Python " + v + ", but this needs Python 3.10 to 3.13: make PYTHON=python3.12")'
	@echo "Creating .venv with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

# An existing .venv is brought up to date, which takes seconds.
.venv/.installed: poetry.lock pyproject.toml destination_security_lake/pyproject.toml tools/locked_requirements.py | .venv/bin/python
	@mkdir -p build
	@$(RUN) tools/locked_requirements.py main destination dev > build/requirements.txt
	@$(RUN) tools/locked_requirements.py main dev --only pip > build/requirements-pip.txt
	@echo "Installing what poetry.lock pins into .venv (about a minute when it is new) …"
	@$(PIP_INSTALL) $(LOCKED) -r build/requirements-pip.txt $(OR_SHOW)
	@$(PIP_INSTALL) $(LOCKED) -r build/requirements.txt $(OR_SHOW)
	@$(PIP_INSTALL) --no-build-isolation --editable . --editable destination_security_lake $(OR_SHOW)
	@echo "Ready: $$($(RUN) -m pip list --format=freeze | wc -l) packages."
	@touch $@

# pyspark has no wheel: its sdist is built with the setuptools of .venv.
$(SPARK)/.installed: poetry.lock tools/locked_requirements.py | venv
	@mkdir -p build
	@$(RUN) tools/locked_requirements.py spark > build/requirements-spark.txt
	@echo "Installing Spark into build/spark (about a minute) …"
	@rm -rf $(SPARK)
	@$(PIP_INSTALL) --require-hashes --only-binary :all: --no-binary pyspark --no-build-isolation --no-compile \
		--target $(SPARK) -r build/requirements-spark.txt $(OR_SHOW)
	@touch $@

$(DBT)/.installed: dbt/poetry.lock tools/locked_requirements.py | venv
	@mkdir -p build
	@$(RUN) tools/locked_requirements.py main --lock dbt/poetry.lock > build/requirements-dbt.txt
	@echo "Installing dbt into build/dbt (about half a minute) …"
	@rm -rf $(DBT)
	@$(PIP_INSTALL) $(LOCKED) --target $(DBT) -r build/requirements-dbt.txt $(OR_SHOW)
	@touch $@
