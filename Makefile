# Duologue's front door: `make help` lists what it can do.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory --no-builtin-rules

export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export CHROMIUM ?= /usr/bin/chromium

BROWSER  := tests/browser
MODULES  := $(BROWSER)/node_modules/.package-lock.json
VENV     := tests/mail/.venv
SITE     := target/site
WASM     := target/wasm32-unknown-unknown/wasm/app.wasm
STYLES   := $(foreach name,tokens base components pages exercises charts calendar print,$(wildcard style/$(name).css))
BINDGEN  := $(shell sed -n 's/^wasm-bindgen = "=\(.*\)"/\1/p' Cargo.toml)
FEATURES := $(addprefix --enable-,bulk-memory bulk-memory-opt multivalue mutable-globals nontrapping-float-to-int reference-types sign-ext)
# Every call selects the whole workspace, so that features, and with them the
# built dependencies, are the same for running, checking and testing.
SERVER   := cargo build --workspace --bin duologue
TESTER   := $(shell command -v cargo-nextest >/dev/null && echo 'cargo nextest run --no-fail-fast' || echo 'cargo test --no-fail-fast')
HYDRATE  := -p app --lib --no-default-features --features hydrate --target wasm32-unknown-unknown

say    = printf '\033[1m== %s\033[0m\n' '$(1)'
need   = command -v $(1) >/dev/null || { echo "$(1) is missing. $(2)" >&2; exit 1; }
debian = [ $(1) ] || { $(call say,Installing $(2)); command -v apt-get >/dev/null || { echo "Please install $(2): this machine has no apt-get." >&2; exit 1; }; $(ROOT) apt-get update -qq && $(ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(2) >/dev/null; }
squeeze = node -e 'const z=require("zlib"),f=require("fs");for(const p of process.argv.slice(1))f.writeFileSync(p+".br",z.brotliCompressSync(f.readFileSync(p)))'
ROOT   := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: help run demo build site check fmt clippy test test-rust test-mail test-browser test-tools screens bench tools clean FORCE

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Running

run: site ## Build what has changed and open the demo practice at http://localhost:3000 (its data stay in data/)
	@$(call say,The server); $(SERVER)
	@mkdir -p data; exec target/debug/duologue demo

demo: site ## The same with a new, empty data folder each time
	@$(SERVER); folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; cd "$$folder" && mkdir data && $(CURDIR)/target/debug/duologue demo

build: site ## The program to install: target/release/duologue, everything inside
	@$(call say,The program); cargo build --release --workspace --bin duologue

site: tools $(SITE)/.script $(SITE)/.style ## The browser part: target/site

$(WASM): FORCE
	@$(call say,The browser part); cargo build $(HYDRATE) --profile wasm

$(SITE)/.script: $(WASM) $(MODULES)
	@$(call say,wasm-bindgen and wasm-opt); rm -rf target/script; mkdir -p $(SITE)/pkg
	@name=duologue-$$( (wasm-bindgen --version; cat $(WASM)) | sha256sum | cut -c1-12); \
	wasm-bindgen --target web --no-typescript --out-dir target/script --out-name $$name $(WASM); \
	$(BROWSER)/node_modules/.bin/wasm-opt -Oz $(FEATURES) target/script/$${name}_bg.wasm -o target/script/small.wasm; \
	mv target/script/small.wasm target/script/$${name}_bg.wasm; $(squeeze) target/script/*.js target/script/*.wasm; \
	rm -rf $(SITE)/pkg/*.js* $(SITE)/pkg/*.wasm* $(SITE)/pkg/snippets; mv target/script/* $(SITE)/pkg/; touch $@

$(SITE)/.style: $(STYLES)
	@$(call say,The style sheet); mkdir -p $(SITE)/pkg; rm -f $(SITE)/pkg/*.css*
	@file=$(SITE)/pkg/duologue-$$(cat $(STYLES) | sha256sum | cut -c1-12).css; cat $(STYLES) > $$file; $(squeeze) $$file; touch $@

## Checking

check: tools fmt clippy ## Format, lints and the fast tests: under two minutes once built
	@$(call say,Fast tests); $(SERVER); $(TESTER) --workspace --lib --test suite -- --skip postgres --skip both_databases --skip kill::

fmt:
	@$(call say,Format); cargo fmt --all --check

clippy:
	@$(call say,Lints); cargo clippy --workspace --all-targets -- -D warnings
	@cargo clippy $(HYDRATE) -- -D warnings

test: site test-tools ## Everything: format, lints, every test on both databases, mail, journeys in a real browser
	@$(MAKE) fmt clippy test-rust test-mail test-browser

test-rust: test-tools ## Every Rust test, with a PostgreSQL of its own that is gone afterwards
	@$(call say,Tests on SQLite and PostgreSQL); $(SERVER)
	@tests/support/postgres.sh with $(TESTER) --workspace

# As root: the fortnight's Postfix starts in no other way.
test-mail: test-tools ## The mails, read by parsers that are not ours
	@if compgen -G 'tests/mail/test_*.py' >/dev/null; then $(call say,Mail); $(SERVER); $(ROOT) env PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python -m unittest discover -v -s tests/mail; fi

test-browser: site test-tools ## Journeys in Chromium, with and without JavaScript, and axe on every page
	@$(call say,Journeys in the browser); $(SERVER); cd $(BROWSER) && node --test --test-concurrency=2 --test-reporter=spec *.test.mjs

screens: site $(MODULES) ## Take the pictures of the README anew: docs/screens
	@$(SERVER); node $(BROWSER)/screens.mjs

bench: build test-tools ## What the speed is on both databases: requests per second, p50, p99, memory
	@$(call debian,-n "$$(command -v wrk)",wrk); node tests/load/bench.mjs

## Tools

tools: ## Bring what building needs and is not there yet
	@$(call need,cargo,Install Rust: curl --proto =https --tlsv1.2 -sSf https://sh.rustup.rs | sh)
	@$(call need,cc,Install a C compiler: sudo apt-get install build-essential)
	@$(call need,npm,Install Node.js 20 or newer with npm: sudo apt-get install nodejs npm)
	@[ -d "$$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ] || { $(call say,Rust for the browser); rustup target add wasm32-unknown-unknown; }
	@[ "$$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $(BINDGEN)" ] || { $(call say,wasm-bindgen $(BINDGEN): some minutes once); cargo install wasm-bindgen-cli --version $(BINDGEN) --force --quiet; }

$(MODULES): $(BROWSER)/package-lock.json
	@$(call say,Node packages); cd $(BROWSER) && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json

test-tools: $(MODULES)
	@$(call debian,-x "$(CHROMIUM)",chromium)
	@$(call debian,-n "$$(tests/support/postgres.sh where)",postgresql)
	@$(call debian,-x /usr/sbin/postfix,postfix)
	@$(call debian,-n "$$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null)",libfaketime)
	@if [ -f tests/mail/requirements.txt ] && ! cmp -s tests/mail/requirements.txt $(VENV)/installed.txt; then $(call say,Python packages); \
	python3 -m venv $(VENV) && $(VENV)/bin/pip install -q --disable-pip-version-check -r tests/mail/requirements.txt && cp tests/mail/requirements.txt $(VENV)/installed.txt; fi

clean: ## Remove everything that was built (never data/)
	@rm -rf $(BROWSER)/node_modules $(VENV); cargo clean
