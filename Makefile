PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test quick certify lint format docs picture bench pyodide clean

demo: $(VENV)/.installed
	$(BIN)/microhedge demo demo

test: $(VENV)/.ready
	$(BIN)/python -m pytest -n auto --dist worksteal

# Within a minute on two processors: ruff and mypy look at what has changed, and no test starts a program.
quick: lint
	$(BIN)/python -m pytest -n auto -m "not slow"

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Which operations all engines compute alike, and of which values; it needs LibreOffice.
certify: $(VENV)/.ready
	PYTHONPATH=.:tests $(BIN)/python -m support.certify --write

# Every generated file; `git diff` shows what has changed.
docs: $(VENV)/.ready
	PYTHONPATH=.:tests $(BIN)/python -m support.generated

# The picture of the Plan sheet in the README; it needs LibreOffice and poppler.
picture: $(VENV)/.installed
	mkdir -p build
	$(BIN)/microhedge new build/plan.xlsx --example portfolio --force
	$(BIN)/python tests/support/picture.py build/plan.xlsx build/picture.xlsx
	soffice -env:UserInstallation=file://$(CURDIR)/build/office --headless --convert-to pdf --outdir build build/picture.xlsx
	pdftoppm -png -singlefile -r 110 -f 2 -l 2 -x 130 -y 40 -W 1000 -H 810 build/picture.pdf docs/plan

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench

# The Python of xlwings Lite, for Node: without it the tests of tests/test_hosts_lite.py that need it are skipped.
pyodide: $(VENV)/.ready
	npm --prefix tests install --silent --no-package-lock
	$(BIN)/python -m pip download --quiet --no-deps --only-binary=:all: --platform any --implementation py \
		--abi none --dest tests/wheels 'xlwings>=0.37.8,<0.38'

clean:
	rm -rf $(VENV) demo tests/node_modules tests/wheels

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.ready: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@
