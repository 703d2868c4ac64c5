# Everything a fresh machine needs is Python >= 3.11, make and git. `make` alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.installed-book
READY_TESTS := $(VENV)/.installed-dev
# pages depend on these without Sphinx knowing it: a change builds all of them anew
MACHINERY := _config.yml _toc.yml $(wildcard book/_ext/*.py book/_templates/*.html book/_templates/*/*.html) requirements.txt
export K8SMODELS_STATIC = 1

.PHONY: help book site serve test lab notebooks conformance bench vectors linkcheck lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 20

book: site serve  ## build the site and serve it on a free local port

site: $(READY) _build/.machinery  ## build the site into _build/html
	$(PY) tools/notebooks.py verify
	$(VENV)/bin/jupyter-book build book --config _config.yml --toc "$(CURDIR)/_toc.yml" --path-output . -W -n --keep-going

serve: $(READY)
	$(PY) tools/serve.py _build/html

test: $(READY_TESTS)  ## every check: style, types, tests, notebooks, site, browser
	$(PY) tools/check.py

lab: $(READY)  ## JupyterLab on the chapters, widgets live
	env -u K8SMODELS_STATIC $(VENV)/bin/jupyter lab --notebook-dir=. book

notebooks: $(READY)  ## execute the chapters and rewrite their committed outputs
	$(PY) tools/notebooks.py write

conformance: $(READY)  ## the models against the recorded answers of the real Kubernetes
	$(PY) -m k8smodels.conformance tests/golden

bench: $(READY)  ## measure, print a table, write _build/bench.json
	$(PY) -m benchmarks

vectors: $(READY)  ## record the answers of the real Kubernetes anew (needs Go)
	tests/oracle/vectors.sh

linkcheck: $(READY)  ## ask every outside link of the book whether it is still there
	$(VENV)/bin/jupyter-book build book --config _config.yml --toc "$(CURDIR)/_toc.yml" --path-output _build/links --builder linkcheck

lock: $(READY_TESTS)  ## resolve requirements/*.in into requirements*.txt
	$(PY) tools/lock.py

clean:  ## remove everything that was built (the environment stays)
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(READY): requirements.txt pyproject.toml | $(PY)
	$(PY) -m pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@touch $@

$(READY_TESTS): requirements-dev.txt $(READY)
	$(PY) -m pip install --disable-pip-version-check --progress-bar on -r requirements-dev.txt
	@touch $@

_build/.machinery: $(MACHINERY)
	@rm -rf _build/html _build/.doctrees
	@mkdir -p _build && touch $@
