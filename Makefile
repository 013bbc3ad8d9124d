# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything that runs in this repository. `make` alone lists it.

PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$candidate; break; }; done)
VERSION := $(shell $(PYTHON) -c 'import sys; print("py%d.%d" % sys.version_info[:2])' 2>/dev/null)
VENV := .venv/$(VERSION)
BIN := $(CURDIR)/$(VENV)/bin
COLLECTION := .build/ansible_collections/configmgr/site
TOPOLOGY ?= standalone
MODULE ?= service_connection_point
LAB ?= .lab
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install

export PATH := $(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)/tests
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
ifeq ($(shell uname -s),Linux)
export LC_ALL := C.UTF-8
endif

ifeq ($(VERSION),)
$(error Python 3.11 or newer was not found. Install it, or name it: make PYTHON=/path/to/python3.12)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test unit integration lint bench lab lab-state doc clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.run $(COLLECTION) ## Install a service connection point in a simulated hierarchy, twice
	@$(BIN)/python -m lab run --topology standalone -- tests/demo.sh

test: lint unit integration ## Run all tests, as CI does

unit: $(VENV)/.test $(COLLECTION) ## Run the tests of the parts
	$(BIN)/python -m pytest tests/unit -n auto -q

integration: $(VENV)/.test $(COLLECTION) ## Run the tests that go through ansible-playbook and the lab
	@tests/install-system-packages.sh
	$(BIN)/python -m pytest tests/integration -n auto -q

lint: $(VENV)/.test $(COLLECTION) ## Check style, types and YAML
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p ansible_collections.configmgr.site.plugins.plugin_utils._wsman \
		-p ansible_collections.configmgr.site.plugins.plugin_utils._configmgr -p lab -p plays -p wmi_server -p benchmarks
	$(BIN)/yamllint --strict .

bench: $(VENV)/.test $(COLLECTION) ## Count requests, bytes and CPU, and print them beside the budgets
	@PYTHONPATH=$(PYTHONPATH):$(CURDIR)/.build $(BIN)/python -m benchmarks

lab: $(VENV)/.run $(COLLECTION) ## Start a simulated hierarchy (TOPOLOGY=standalone|hierarchy), until Ctrl-C
	@$(BIN)/python -m lab serve --topology $(TOPOLOGY) --directory $(LAB)

lab-state: $(VENV)/.run ## Show the state of the simulated hierarchy that `make lab` has started
	@$(BIN)/python -m lab state --directory $(LAB)

doc: $(VENV)/.run $(COLLECTION) ## Show the documentation of a module (MODULE=service_connection_point)
	@$(BIN)/ansible-doc configmgr.site.$(MODULE)

clean: ## Remove everything that make has made
	rm -rf .build .lab .venv .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) || { echo 'On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }

$(VENV)/.run: requirements.txt tests/lab/requirements.txt | $(VENV)/bin/python
	@echo 'Installing the Python packages of the collection and its lab into $(VENV) ...'
	@$(PIP) -r requirements.txt -r tests/lab/requirements.txt
	@touch $@

$(VENV)/.test: tests/requirements.txt $(VENV)/.run
	@echo 'Installing the Python packages of the tests into $(VENV) ...'
	@$(PIP) -r tests/requirements.txt
	@touch $@

# Ansible finds the collection by its path: ansible_collections/NAMESPACE/NAME.
$(COLLECTION):
	@mkdir -p $(dir $@)
	@ln -sfn ../../.. $@
