# The two commands of the README are `make run` and `make test`; `make` alone lists the others.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STEP := tools/step
# What is passed on to `run`, `bench`, `soak`, `fuzz` and `mutants`, as in: make run ARGS="--port 8090"
ARGS ?=
FAST := --profile fast --locked
SOAK := cargo run --quiet $(FAST) -p sim --bin soak --
FUZZ := cargo run --quiet $(FAST) -p sim --bin fuzz --
# How long `soak` runs each fuzzer.
FUZZ_SECONDS ?= 180
MUTANTS := cargo run --quiet $(FAST) -p sim --bin mutants --
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := 1
export CARGO_TERM_COLOR ?= never

# An environment made in another folder points there: make it again.
ifneq ($(shell cat $(VENV)/.made-in 2>/dev/null),$(CURDIR))
VENV_STALE := stale
endif
CORE_SOURCES := $(shell find crates -path crates/sim -prune -o -path crates/xtask -prune -o \( -name '*.rs' -o -name Cargo.toml \) -print) \
	Cargo.toml Cargo.lock pyproject.toml

.PHONY: help setup run test check bench soak fuzz vectors mutants fmt preflight dev static suites stale
help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(VENV)/.core ## make .venv, install the locked dependencies, build the core

run: $(VENV)/.core ## start the whole exchange with a live market (ARGS="--port 8090 --set demo.seed=8")
	@exec $(BIN)/fairlead serve --demo $(ARGS)

test: preflight ## everything CI runs: the static checks, then Rust, Python and vectors
	@tools/preflight --tests
	@tools/summary start
	@$(MAKE) dev && $(MAKE) -k static suites || { tools/summary failed; exit 1; }
	@tools/summary passed

check: preflight ## the static part: format, lint, types, import rules, stub, OpenAPI, tidy, fences
	@tools/summary start
	@$(MAKE) dev && $(MAKE) -k static || { tools/summary failed; exit 1; }
	@tools/summary passed

bench: $(VENV)/.core $(VENV)/.dev ## the workloads of the matching core, with peers measured in the same run
	@exec bench/run $(ARGS)

soak: ## everything that attacks the core: both engines, simulated crashes, fuzzers (FUZZ_SECONDS=180), kill -9, the rings (ARGS="crash --seeds 1000" for one part)
	@$(SOAK) $(ARGS)
	@$(if $(strip $(ARGS)),,$(MAKE) soak-others)

.PHONY: soak-others
soak-others:
	@$(FUZZ) --seconds $(FUZZ_SECONDS)
	@cargo test --quiet $(FAST) -p journal --test store -- --ignored --nocapture every many
	@KILL_CYCLES=300 cargo test --quiet $(FAST) -p sequencer --test kill -- --nocapture kill_9
	@RING_ITEMS=20000000 cargo test --quiet $(FAST) -p ring@0.1.0 --test threads
	@RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test --quiet --release --locked -p ring@0.1.0 --test loom

fuzz: ## random and damaged bytes for everything that reads bytes (ARGS="--cases 1000000 --seed 7")
	@exec $(FUZZ) $(ARGS)

vectors: $(VENV)/.core $(VENV)/.dev ## run the scenario files from Rust and from Python
	@$(STEP) --closing 'test result:' "vectors, Rust" -- cargo test $(FAST) -p sim vector
	@$(STEP) --closing '(passed|failed|error)' "vectors, Python" -- $(PY) -m pytest -q -k vector

mutants: ## plant known faults in the engine and show that each is caught
	@exec $(MUTANTS) $(ARGS)

fmt: $(VENV)/.dev ## format Rust and Python
	@cargo fmt --all
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix --exit-zero .

preflight:
	@tools/preflight

dev: $(VENV)/.dev $(VENV)/.core
	@:

# One target each, so that `make -k` reports every failure of a run and not only the first.
STATIC := rustfmt clippy ruff-lint ruff-format mypy imports stub openapi tidy fences
SUITES := cargo-test services pytest
.PHONY: $(STATIC) $(SUITES)
static: $(STATIC)
suites: $(SUITES)

rustfmt:
	@$(STEP) --needs 'cargo fmt' "cargo fmt" -- cargo fmt --all --check
clippy:
	@$(STEP) --needs 'cargo clippy' "clippy" -- cargo clippy --locked --workspace --all-targets -- -D warnings
ruff-lint:
	@$(STEP) "ruff lint" -- $(BIN)/ruff check .
ruff-format:
	@$(STEP) "ruff format" -- $(BIN)/ruff format --check .
mypy:
	@$(STEP) "mypy" -- $(PY) -m mypy
imports:
	@$(STEP) --closing '^Contracts:' "import rules" -- $(BIN)/lint-imports
stub:
	@$(STEP) "stub of the core" -- $(PY) -m mypy.stubtest fairlead._core._native
openapi:
	@$(STEP) "OpenAPI document" -- $(PY) tools/openapi.py --check
tidy:
	@$(STEP) --closing '^tidy:' "tidy" -- cargo run --quiet $(FAST) -p xtask -- tidy
fences:
	@$(STEP) --closing '^fences:' "fences" -- $(PY) tools/fences_selftest.py
cargo-test:
	@$(STEP) --closing '^test result:' "cargo test" -- cargo test $(FAST) --workspace --no-fail-fast
services:
	@$(STEP) --closing '^SKIPPED' "test services" -- tools/test-services
pytest:
	@$(STEP) --closing ' in [0-9.]+s' "pytest" -- $(PY) -m pytest

$(VENV)/.made-in: $(if $(VENV_STALE),stale)
	@tools/preflight
	@$(STEP) "python environment" -- "$$(tools/preflight --print-python)" -m venv --clear $(VENV)
	@printf '%s' '$(CURDIR)' > $@

$(VENV)/.runtime: requirements/serve.txt requirements/build.txt $(VENV)/.made-in
	@$(STEP) "runtime dependencies" -- $(PY) -m pip install --quiet --require-hashes -r requirements/serve.txt -r requirements/build.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@$(STEP) "test dependencies" -- $(PY) -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.core: $(CORE_SOURCES) $(VENV)/.runtime
	@tools/preflight
	@$(STEP) "core (release build)" -- env MATURIN_PEP517_ARGS=--locked PATH="$(CURDIR)/$(BIN):$$PATH" \
		$(PY) -m pip install --no-deps --no-build-isolation --no-index --editable .
	@touch $@
