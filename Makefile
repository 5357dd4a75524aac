# The doors of the project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test check lock fmt clean
export UV_PYTHON_DOWNLOADS := never
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

help: ## list the doors
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml deploy/bootstrap.sh
	@bash deploy/bootstrap.sh $(VENV)

demo: $(READY) ## two systems, one customer master, there and back; ONCE=1 ends by itself, CUSTOMERS=n
	@exec $(PY) -m hub demo $(if $(ONCE),--once) $(if $(CUSTOMERS),--customers $(CUSTOMERS))

test: $(READY) ## tests, with real servers where they can be had; DEEP=1 runs the long ones too
	@DEEP=$(DEEP) bash deploy/test.sh $(PY)

check: $(READY) ## static checks: lint, types, import contracts, lock
	@bash deploy/check.sh $(VENV)

bench-%: $(READY) ## one measured claim: bench-loop, ...
	@$(PY) -m bench.$*

fmt: $(READY) ## format the code
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

lock: $(READY) ## write requirements.lock anew from pyproject.toml
	@bash deploy/lock.sh $(VENV) requirements.lock

clean: ## remove environment and data of this checkout
	@rm -rf $(VENV) var
