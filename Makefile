# Every path here is relative, so a checkout in a folder with spaces works too.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
# Material 9 announces at every build that its successor is Zensical; mkdocs.yml keeps to what both can read.
export NO_MKDOCS_2_WARNING := 1
PIP := .venv/bin/python -m pip --disable-pip-version-check --no-input

.PHONY: help serve test lint site check-site check-without-mkdocs bench drift update-examples wire weigh house show-breaks test-browser engine test-docker test-pythons show-faults soak screenshots clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' Makefile

serve: .venv/site.stamp docs/assets/runtime/runtime.json  ## the course at http://127.0.0.1:8000, rebuilt as you edit
	.venv/bin/python -m mkdocs serve --livereload --watch overrides

test: lint  ## everything quick: ruff, mypy, every example and every test, with the model's branch coverage
	.venv/bin/python -m pytest -n 2 --cov --cov-report=term

lint: .venv/test.stamp node_modules/.package-lock.json  ## ruff, mypy, tsc, spelling and voice, and the schemas of what hosted runners read
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check --quiet . || { .venv/bin/python -m ruff format --diff .; exit 1; }
	.venv/bin/python -m mypy
	.venv/bin/python -m codespell_lib dockerlearn tools docs overrides *.md
	.venv/bin/python -m tools.prose
	.venv/bin/python -m tools.wire --check
	.venv/bin/python -m tools.house --check
	.venv/bin/node node_modules/typescript/bin/tsc
	.venv/bin/python -m check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv/bin/python -m check_jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml

site: .venv/site.stamp docs/assets/runtime/runtime.json  ## build the site into site/; a warning is an error
	.venv/bin/python -m mkdocs build --strict

# A generator's warning names no line, so it fails this only after the check, which does, has had its say.
check-site: .venv/site.stamp docs/assets/runtime/runtime.json  ## the site, from MkDocs and from Zensical: what is shown is what is run, no link is dead
	@rm -rf site site-zensical; failed=; \
	.venv/bin/python -m mkdocs build --strict || failed=yes; \
	COURSE_SITE=site-zensical .venv/bin/python -m zensical build --strict --clean || failed=yes; \
	.venv/bin/python -m dockerlearn.course.complete site site-zensical || failed=yes; \
	[ -z "$$failed" ]

check-without-mkdocs: .venv/test.stamp  ## every example, and the site from Zensical, in an environment without MkDocs
	.venv/bin/python -m nox -s without-mkdocs

bench: .venv/browser.stamp .kept/yardsticks check-site  ## how fast the program starts, pages verify, containers are made, examples run in Chromium
	.venv/bin/python -m tests.benchmarks
	.venv/bin/python -m tests.benchmarks.browser

PAGES := docs README.md
update-examples: .venv/test.stamp  ## write what the examples print into the pages, and show the difference (PAGES=docs/errata.md for one)
	.venv/bin/python -m pytest --update-examples $(PAGES)

wire: .venv/test.stamp  ## write the types that Python and the site's scripts share, docs/assets/wire.d.ts
	.venv/bin/python -m tools.wire

weigh: .venv/test.stamp  ## write the digests of the catalog's heavy layers, dockerlearn/hub/weights.txt, from their bytes
	.venv/bin/python -m tools.weigh --anew

house: .venv/test.stamp  ## count the lines of each room, and draw the rooms into docs/maintain/architecture.md
	.venv/bin/python -m tools.house --write

DRIFT :=
drift: .venv/test.stamp  ## change pages and the model, and count what nobody notices; hours (DRIFT=--text for the pages alone, DRIFT="--budget 2" for the quickest tests)
	.venv/bin/python -m tools.drift $(DRIFT)

show-breaks: .venv/test.stamp  ## break ten expected lines, one at a time, and see each one noticed (SEED=n for others)
	.venv/bin/python -m tests.course.break_lines --seed $${SEED:-1}

BROWSE := --record
test-browser: .venv/browser.stamp node_modules/.package-lock.json check-site  ## the built site in Chromium: every example run in the page, copying, no foreign request (BROWSE='--cases 4' for less)
	.venv/bin/python -m pytest tests/browser -n 2 --dist loadgroup $(BROWSE)

engine: .venv/test.stamp  ## a prompt on a real Docker Engine, with the course's images in its registry; needs root
	.venv/bin/python -m tests.docker

RUN := --record
test-docker: .venv/test.stamp  ## the examples on a real Docker Engine, on a machine of its own; needs root (RUN='--cells 70' for less)
	.venv/bin/python -m pytest tests/docker $(RUN)

PYTHONS :=
test-pythons: .venv/test.stamp  ## types and tests with each Python from 3.11 to 3.14 that is installed; pyenv's count (PYTHONS='-s tests-3.12' for one)
	.venv/bin/python -m nox $(PYTHONS)

show-faults: .venv/test.stamp  ## plant faults in pages and in the model, and see a real engine give each away; needs root
	.venv/bin/python -m tests.docker.plant_faults

SOAK :=
soak: .venv/test.stamp  ## at length: generated tests with luck, ten minutes of hostile lines (SOAK='--minutes 1' for less), 300 random sequences of commands on the real engine, the whole drift score; needs root, and an hour or two
	.venv/bin/python -m pytest tests/model tests/regexp tests/hub tests/client tests/terminal tests/learn tests/test_hostile.py -n 2 --every 1 --hypothesis-profile=luck
	.venv/bin/python -m tests.soak_lines $(SOAK)
	.venv/bin/python -m pytest tests/docker --record --sequences 300
	.venv/bin/python -m tools.drift --budget 2

screenshots: .venv/browser.stamp site  ## every page into screenshots/, wide and narrow, light and dark
	.venv/bin/python -m tests.browser.screenshots

clean:  ## remove what these targets made
	rm -rf .venv .nox .tools node_modules docs/assets/runtime .cache .kept site site-zensical site-without-mkdocs dist screenshots .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian's python3 comes without ensurepip: there virtualenv makes the environment, from a folder of its own.
.venv/bin/python:
	@echo "Making the environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit("dockerlearn needs Python 3.11 or newer, this is " + sys.version) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv 2>/dev/null || { \
	  rm -rf .venv; \
	  $(PYTHON) -m pip install --disable-pip-version-check --target .tools virtualenv && \
	  PYTHONPATH=.tools $(PYTHON) -m virtualenv .venv; }

# npm takes what package-lock.json lists, and only if it has the hashes that stand there.
node_modules/.package-lock.json: package.json package-lock.json | .venv/node.stamp
	@echo "Fetching what the browser needs: Pyodide and the tools of its tests"
	@.venv/bin/npm ci --ignore-scripts --loglevel=error

# Without it the site is built all the same, and says that Run is off.
docs/assets/runtime/runtime.json: package-lock.json $(shell find dockerlearn -name '*.py' -o -name '*.txt') dockerlearn/course/runtime.mjs
	@echo "Preparing Python for the reader's browser"
	@{ $(MAKE) --no-print-directory node_modules/.package-lock.json && \
	  .venv/bin/node dockerlearn/course/runtime.mjs dockerlearn.course.runtime; } || \
	  { [ -z "$${CI:-}" ] && echo "Python for the browser could not be prepared: the site is built without it, and Run is off."; }

# Two other ways to run a page's Python. They would meddle with our pytest, so they get a folder of their own.
.kept/yardsticks: Makefile | .venv/bin/python
	@rm -rf $@ && $(PIP) install --quiet --target $@ 'pytest-examples>=0.0.18,<0.1' 'markdown-exec>=1.12,<2' 'pytest>=9,<10'
	@touch $@

# One stamp an extra; a change of pyproject.toml installs again.
.venv/%.stamp: pyproject.toml | .venv/bin/python
	@echo "Installing dockerlearn[$*]; the first time takes a minute or two"
	@$(PIP) install --editable '.[$*]' | { grep -v 'already satisfied' || true; }
	@touch $@
.PRECIOUS: .venv/%.stamp
