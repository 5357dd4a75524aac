# The doors of the project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo up down test check lock fmt clean
export UV_PYTHON_DOWNLOADS := never
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

help: ## list the doors
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml deploy/bootstrap.sh
	@bash deploy/bootstrap.sh $(VENV)

demo: $(READY) ## five systems on a schedule, one customer master; ONCE=1 ends by itself, CUSTOMERS=n
	@exec $(PY) -m hub demo $(if $(ONCE),--once) $(if $(CUSTOMERS),--customers $(CUSTOMERS))

up: $(READY) ## the demo in the background, until make down
	@exec $(PY) -m hub demo --background $(if $(CUSTOMERS),--customers $(CUSTOMERS))

down: $(READY) ## end what make up has started
	@exec $(PY) -m hub down

test: $(READY) ## tests, with real servers where they can be had; DEEP=1 runs the long ones too
	@DEEP=$(DEEP) bash deploy/test.sh $(PY)

check: $(READY) ## static checks: lint, types, import contracts, lock
	@bash deploy/check.sh $(VENV)

bench-%: $(READY) ## one measured claim: bench-loop, -survey, -master, -mapping, -names, -addresses, -matching
	@$(PY) -m bench.$*

fmt: $(READY) ## format the code
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

lock: $(READY) ## write requirements.lock anew from pyproject.toml
	@bash deploy/lock.sh $(VENV) requirements.lock

clean: ## remove environment and data of this checkout
	@rm -rf $(VENV) var
