# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything that runs in this repository. `make` alone lists it.

PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$candidate; break; }; done)
VERSION := $(shell "$(PYTHON)" -c 'import sys; print("py%d.%d" % sys.version_info[:2])' 2>/dev/null)
ifeq ($(filter-out py2.% py3.0 py3.1 py3.2 py3.3 py3.4 py3.5 py3.6 py3.7 py3.8 py3.9 py3.10,$(VERSION)),)
$(error Python 3.11 or newer is needed; tried: $(or $(PYTHON) $(VERSION),python3). Name one: make PYTHON=/path/to/python3.12)
endif

VENV := .venv/$(VERSION)
BIN := $(VENV)/bin
# A test that waits for the lab leaves its processor to another.
WORKERS := $(shell "$(PYTHON)" -c 'import os; print(3 * (os.cpu_count() or 1))' 2>/dev/null)
GATES := .venv/gates-$(VERSION)
GATE ?=
SECONDS ?= 60
MINUTES ?= 10
SEED ?=
VERSIONS ?=
PART ?=
COLLECTION := .build/ansible_collections/configmgr/site
LAB ?= .lab
TOPOLOGY ?= standalone
SCENARIOS := $(notdir $(patsubst %/,%,$(dir $(wildcard extensions/molecule/*/molecule.yml))))
# With 3, every third request of modules with many of them is tried, which is another one for each fault
STEP ?= 1
MODULE ?= service_connection_point
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)/tests
export PYTHONUNBUFFERED := 1
ifeq ($(shell uname -s),Linux)
export LC_ALL := C.UTF-8
endif

.DEFAULT_GOAL := help
.PHONY: help demo test test-all unit integration exhaustive molecule lint bench chaos faults quirks ansible-versions coverage execution-environment fuzz gates secrets long-run log-on-table lab lab-state doc docs messages clean link

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.run link ## Install a service connection point in a simulated hierarchy, twice, and move it
	@exec $(BIN)/python -m lab run --topology standalone -- tests/demo.sh

test: lint unit integration molecule ## Run the tests (under ten minutes; make test-all has what takes longer)

test-all: test exhaustive gates execution-environment ansible-versions coverage ## Run what make test is too short for, too (an hour)

unit: $(VENV)/.kerberos link ## Run the tests of the parts
	$(BIN)/python -m pytest tests/unit -n auto -q

integration: $(VENV)/.kerberos link ## Run the tests that go through ansible-playbook and the lab
	$(BIN)/python -m pytest tests/integration -m "not exhaustive" -n $(WORKERS) --dist worksteal -q

exhaustive: $(VENV)/.kerberos link ## Run those that try every request and every behaviour (a few minutes)
	$(BIN)/python -m pytest tests/integration -m exhaustive -n $(WORKERS) --dist worksteal -q

# Side by side, with the output of each kept together.
molecule: $(VENV)/.test link ## Run the Molecule scenarios of extensions/molecule on the lab (a minute or so)
	@tests/install-system-packages.sh
	@$(MAKE) --no-print-directory --jobs=2 --output-sync $(SCENARIOS:%=molecule-%)

# Molecule keeps its state by the name of the clone's directory; this keeps it apart from other clones of that name.
molecule-% molecule-offline: export ANSIBLE_HOME := $(CURDIR)/.build/ansible
molecule-%:
	@$(BIN)/molecule test --scenario-name $*

# Files travel by SMB there.
molecule-offline:
	@missing="$$($(BIN)/python -c 'from lab.smb import samba; print(samba.missing())')"; \
	if [ -n "$$missing" ]; then echo "Molecule scenario offline: not run, $$missing"; \
	else $(BIN)/molecule test --scenario-name offline; fi

lint: $(VENV)/.test link ## Check style, types and YAML
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/yamllint --strict .

ansible-versions: link ## Test with every version of ansible-core, and write the table in README.md (VERSIONS=lowest|newest|2.18|...)
	@"$(PYTHON)" tests/ansible_versions.py $(VERSIONS)

# Its lab has an environment of its own: what is checked has nothing that the lab brings.
execution-environment: $(GATES)/.installed $(VENV)/.kerberos link ## Run a playbook in what meta/execution-environment.yml asks for (a minute or so)
	@$(GATES)/bin/python -m execution_environment
	@$(BIN)/python -m lab run --service-connection-point srv1:online -- $(GATES)/bin/python -m execution_environment play

# Those of the lab are not about the collection, and take long.
coverage: $(VENV)/.kerberos link ## Run the tests of the collection, and say which of its lines and branches they have not run (a quarter of an hour)
	@rm -rf .build/coverage && mkdir -p .build/coverage
	$(BIN)/coverage run -m pytest tests/unit/plugin_utils tests/unit/documentation tests/integration -n $(WORKERS) --dist worksteal -q
	@# It warns of what processes have left that tests had killed while they wrote
	@$(BIN)/coverage combine --quiet 2>/dev/null
	@$(BIN)/coverage report

gates: $(GATES)/.installed ## Check what has to pass before the collection is published (GATE=reuse|sanity|...; two minutes or so)
	@$(GATES)/bin/python -m gates $(GATE)

chaos: $(VENV)/.test link ## Move the role with every fault at every request, and print what came of it (a minute or so)
	@$(BIN)/python -m chaos

fuzz: $(VENV)/.fuzz link ## Try parsers with many more inputs, and the reader of XML for a while (some minutes; SECONDS=60)
	$(BIN)/python -m pytest tests/unit -m hypothesis --hypothesis-profile=fuzz -n auto -q
	@if $(BIN)/python -c 'import atheris' 2>/dev/null; then $(BIN)/python -m fuzz_xml $(SECONDS); \
	else echo 'Not run: the reader of XML with atheris, which cannot be installed here.'; fi

long-run: $(VENV)/.test link ## Hours of a site with whatever people and servers do, in ten minutes (MINUTES=10, SEED=number)
	@$(BIN)/python -m long_run $(MINUTES) $(SEED)

secrets: $(VENV)/.kerberos link ## Run everything that takes a password, and print where one was found (half a minute)
	@$(BIN)/python -m canaries

faults: $(VENV)/.kerberos link ## Run every module with every fault at every request, and write the tables in docs (twenty minutes; STEP=3: at a third of them)
	@$(BIN)/python -m fault_trials $(STEP)

quirks: $(VENV)/.kerberos link ## Run under every behaviour of real sites that is not known, and write the tables in docs (two minutes)
	@$(BIN)/python -m quirk_trials

bench: $(VENV)/.test link ## Count requests, bytes, CPU and time, and write the tables of the guide about speed (five minutes; PART=comparison|...)
	@$(BIN)/python -m benchmarks $(PART)

log-on-table: $(VENV)/.kerberos link ## Log on in every way against the lab, and write the table in README.md
	@$(BIN)/python -m logon_table

lab: $(VENV)/.run link ## Start a simulated hierarchy until Ctrl-C (TOPOLOGY=standalone|hierarchy|offline, LAB=directory)
	@exec $(BIN)/python -m lab serve --topology "$(TOPOLOGY)" --directory "$(LAB)"

lab-state: $(VENV)/.run ## Show the state of the simulated hierarchy that `make lab` has started
	@exec $(BIN)/python -m lab state --directory "$(LAB)"

doc: $(VENV)/.run link ## Show the documentation of a module (MODULE=service_connection_point|site_info|...)
	@test -f plugins/modules/$(MODULE:configmgr.site.%=%).py || \
		{ echo "There is no module $(MODULE). There are:" $(patsubst %.py,%,$(notdir $(wildcard plugins/modules/*.py))); exit 1; }
	@$(BIN)/ansible-doc configmgr.site.$(MODULE:configmgr.site.%=%)

docs: messages ## Build the documentation site, with the guides, in .build/docs
	@$(MAKE) --no-print-directory gates GATE=docs
	@echo 'Open file://$(CURDIR)/.build/docs/html/index.html'

messages: $(VENV)/.run link ## Write the guide with every message, from the code and tests/messages/more.yml
	@$(BIN)/python -m messages

clean: ## Remove everything that make has made
	rm -rf .build .hypothesis .lab* .venv .mypy_cache .pytest_cache .ruff_cache tests/output
	find plugins tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@echo 'Making a virtual environment in $(VENV) ...'
	@"$(PYTHON)" -m venv $(VENV) || { echo 'On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }

$(VENV)/.run: requirements.txt tests/lab/requirements.txt | $(BIN)/python
	@echo 'Installing the Python packages of the collection and its lab (half a minute or so) ...'
	@$(PIP) -r requirements.txt -r tests/lab/requirements.txt
	@# With this, Ansible and Python find the collection wherever they are started in this environment.
	@echo '$(CURDIR)/.build' > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/configmgr_site.pth"
	@touch $@

$(VENV)/.test: tests/requirements.txt $(VENV)/.run
	@echo 'Installing the Python packages of the tests ...'
	@$(PIP) -r tests/requirements.txt
	@touch $@

# atheris has no packages for every Python and computer.
$(VENV)/.fuzz: tests/fuzz-requirements.txt $(VENV)/.test
	@$(PIP) -r tests/fuzz-requirements.txt || true
	@touch $@

$(GATES)/.installed: tests/gates-requirements.txt
	@echo 'Installing the tools of make gates in $(GATES) (a minute or so) ...'
	@"$(PYTHON)" -m venv $(GATES)
	@$(GATES)/bin/python -m pip --quiet --disable-pip-version-check install -r tests/gates-requirements.txt
	@touch $@

# What needs programs of this computer to be built. Optimised, it would take three times as long, which no test makes good.
$(VENV)/.kerberos: tests/kerberos-requirements.txt tests/install-system-packages.sh $(VENV)/.test
	@tests/install-system-packages.sh
	@echo 'Building the Python packages of Kerberos (half a minute or so) ...'
	@command -v krb5-config >/dev/null && command -v cc >/dev/null \
		&& CFLAGS='-O0 -g0' $(PIP) --no-cache-dir -r tests/kerberos-requirements.txt && touch $@ \
		|| echo 'Not built, which needs libkrb5-dev and a C compiler: the tests of Kerberos will not run.'

# A collection is found by its path: ansible_collections/NAMESPACE/NAME.
link:
	@[ -L $(COLLECTION) ] || { rm -rf $(COLLECTION); mkdir -p $(dir $(COLLECTION)); ln -s ../../.. $(COLLECTION); }
