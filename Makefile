# The commands for developing Duologue: `make help` lists them.
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
# The style sheets in the order of their imports in style/main.css.
STYLES   := $(shell sed -n 's|^@import "\(.*\)";|style/\1|p' style/main.css)
BINDGEN  := $(shell sed -n 's/^wasm-bindgen = "=\(.*\)"/\1/p' Cargo.toml)
FEATURES := $(addprefix --enable-,bulk-memory bulk-memory-opt multivalue mutable-globals nontrapping-float-to-int reference-types sign-ext)
# Every cargo call selects the whole workspace, so that the features, and with
# them the built dependencies, are the same for running, checking and testing.
SERVER   := cargo build --workspace --bin duologue
TESTER   := $(shell command -v cargo-nextest >/dev/null && echo 'cargo nextest run --no-fail-fast' || echo 'cargo test --no-fail-fast')
HYDRATE  := -p app --lib --no-default-features --features hydrate --target wasm32-unknown-unknown

say    = printf '\033[1m== %s\033[0m\n' '$(1)'
need   = command -v $(1) >/dev/null || { echo "$(1) is missing. $(2)" >&2; exit 1; }
debian = [ $(1) ] || { $(call say,Installing $(2)); tests/support/apt.sh $(2); }
squeeze = node -e 'const z=require("zlib"),f=require("fs");for(const p of process.argv.slice(1))f.writeFileSync(p+".br",z.brotliCompressSync(f.readFileSync(p)))'
ROOT   := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: help run demo build sbom deb package site check fmt clippy deny test test-rust test-mail test-archive test-browser test-deploy test-tools screens bench tools clean FORCE

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Running

run: site ## Build what has changed and run the demo practice at http://localhost:3000 (its data are kept in data/)
	@$(call say,The server); $(SERVER)
	@mkdir -p data; exec target/debug/duologue demo

demo: site ## Run the demo practice with a new, empty data folder each time
	@$(SERVER); folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; cd "$$folder" && mkdir data && $(CURDIR)/target/debug/duologue demo

build: site ## Build the program to install: target/release/duologue, one file with everything in it
	@$(call say,The program); cargo build --release --workspace --bin duologue

sbom: ## List what the program is made of (CycloneDX): target/duologue.cdx.json
	@command -v cargo-cyclonedx >/dev/null || { $(call say,cargo-cyclonedx: some minutes once); env -u RUSTC_WORKSPACE_WRAPPER cargo install cargo-cyclonedx --locked --quiet; }
	@$(call say,The SBOM); cargo cyclonedx --quiet --manifest-path server/Cargo.toml --format json --override-filename duologue.cdx
	@mv server/duologue.cdx.json target/duologue.cdx.json; rm -f app/duologue.cdx.json app/domain/duologue.cdx.json server/store/duologue.cdx.json tests/duologue.cdx.json

deb: build sbom ## Build the Debian package: target/debian/duologue_…deb
	@$(MAKE) package PROGRAM=target/release/duologue

# Packs the program that PROGRAM names, as version VERSION if that is set.
package: PROGRAM ?= target/release/duologue
package:
	@command -v cargo-deb >/dev/null || { $(call say,cargo-deb: a minute once); env -u RUSTC_WORKSPACE_WRAPPER cargo install cargo-deb --locked --quiet; }
	@$(call say,The Debian package); mkdir -p target/deb; cp $(PROGRAM) target/deb/duologue; strip target/deb/duologue
	@target/deb/duologue man | gzip -9n > target/deb/duologue.1.gz
	@target/deb/duologue completions bash > target/deb/duologue.bash; target/deb/duologue completions zsh > target/deb/_duologue
	@target/deb/duologue completions fish > target/deb/duologue.fish
	@cargo deb --no-build --no-strip -p duologue $(if $(VERSION),--deb-version $(VERSION) --output target/deb/duologue-$(VERSION).deb)

site: tools $(SITE)/.script $(SITE)/.style ## Build the browser part: target/site

$(WASM): FORCE
	@$(call say,The browser part); cargo build $(HYDRATE) --profile wasm

$(SITE)/.script: $(WASM) $(MODULES)
	@$(call say,wasm-bindgen and wasm-opt); rm -rf target/script; mkdir -p $(SITE)/pkg
	@name=duologue-$$( (wasm-bindgen --version; cat $(WASM)) | sha256sum | cut -c1-12); \
	wasm-bindgen --target web --no-typescript --out-dir target/script --out-name $$name $(WASM); \
	$(BROWSER)/node_modules/.bin/wasm-opt -Oz $(FEATURES) target/script/$${name}_bg.wasm -o target/script/small.wasm; \
	mv target/script/small.wasm target/script/$${name}_bg.wasm; $(squeeze) target/script/*.js target/script/*.wasm; \
	rm -rf $(SITE)/pkg/*.js* $(SITE)/pkg/*.wasm* $(SITE)/pkg/snippets; mv target/script/* $(SITE)/pkg/; touch $@

$(SITE)/.style: style/main.css $(STYLES)
	@$(call say,The style sheet); mkdir -p $(SITE)/pkg; rm -f $(SITE)/pkg/*.css*
	@file=$(SITE)/pkg/duologue-$$(cat $(STYLES) | sha256sum | cut -c1-12).css; cat $(STYLES) > $$file; $(squeeze) $$file; touch $@

## Checking

check: tools fmt clippy deny ## Check format, lints and licences, and run the fast tests: under two minutes once built
	@$(call say,Fast tests); $(SERVER); $(TESTER) --workspace --lib --test suite -- --skip postgres --skip both_databases --skip kill::

fmt:
	@$(call say,Format); cargo fmt --all --check

clippy:
	@$(call say,Lints); cargo clippy --workspace --all-targets -- -D warnings
	@cargo clippy $(HYDRATE) -- -D warnings

# Known faults are checked where their database can be had: it is fetched.
deny:
	@if command -v cargo-deny >/dev/null; then $(call say,Licences and sources of crates); cargo deny --locked --log-level error check --hide-inclusion-graph bans licenses sources; \
	if timeout 60 cargo deny --log-level off fetch db >/dev/null 2>&1; then cargo deny --locked --log-level error check --hide-inclusion-graph --disable-fetch advisories; \
	else echo "The database of known faults cannot be had here: crates were not checked against it."; fi; \
	else echo "cargo-deny is not installed: the licences and sources of crates were not checked."; fi

# Clippy compiles the crates of the workspace here, so that one pass lints and builds
# them: `cargo clippy` would check every dependency a second time. The second variable is
# what `-- -D warnings` is for `cargo clippy`.
test: export RUSTC_WORKSPACE_WRAPPER := clippy-driver
test: export CLIPPY_ARGS := -Dwarnings__CLIPPY_HACKERY__
test: test-tools ## Check everything: format, lints, every test on both databases, email, journeys in a real browser
	@$(MAKE) site fmt test-rust test-mail test-archive test-browser

test-rust: test-tools ## Run every Rust test, with a PostgreSQL server that is removed afterwards
	@$(call say,Tests on SQLite and PostgreSQL); $(SERVER)
	@tests/support/postgres.sh with $(TESTER) --workspace

# Runs as root: Postfix, which the fortnight test uses, starts only as root.
test-mail: test-tools ## Check the emails with other programs' parsers
	@if compgen -G 'tests/mail/test_*.py' >/dev/null; then $(call say,Mail); $(SERVER); $(ROOT) env PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python -m unittest discover -v -s tests/mail; fi

test-archive: test-tools ## Check an archive with other programs: age, tar, a JSON Schema validator
	@$(call say,The archive); $(SERVER)
	@env PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python -m unittest discover -v -s tests/archive

test-deploy: ## Install, upgrade and remove the Debian package in a small Debian, and Caddy before the server (as root)
	@$(call debian,-n "$$(command -v debootstrap)",debootstrap)
	@$(call debian,-n "$$(command -v caddy)",caddy)
	@$(SERVER); $(MAKE) package PROGRAM=target/debug/duologue VERSION=0.1.0-1; $(MAKE) package PROGRAM=target/debug/duologue VERSION=0.1.0-2
	@$(call say,The package in a small Debian); $(ROOT) tests/deploy/package.sh target/deb/duologue-0.1.0-1.deb target/deb/duologue-0.1.0-2.deb
	@$(call say,Caddy in front); cd tests/deploy && node --test caddy.test.mjs

test-browser: site test-tools ## Run the journeys in Chromium, with and without JavaScript, and axe on every page
	@$(call say,Journeys in the browser); $(SERVER); cd $(BROWSER) && node --test --test-concurrency=2 --test-reporter=spec *.test.mjs

screens: site test-tools ## Take the README's screenshots again (docs/screens), and pictures of every page (target/screens)
	@$(call debian,-n "$$(fc-list 2>/dev/null | grep -i devanagari)",fonts-noto-core fonts-noto-color-emoji)
	@$(SERVER); node $(BROWSER)/screens.mjs

bench: build test-tools ## Measure the speed on both databases (requests per second, p50, p99, memory), and the pages with Lighthouse
	@$(call debian,-n "$$(command -v wrk)",wrk); node tests/load/bench.mjs
	@$(call say,Lighthouse); cd tests/load/lighthouse && npm ci --no-audit --no-fund --loglevel=error && node pages.mjs

## Tools

tools: ## Install the tools that building needs, if they are missing
	@$(call need,cargo,Install Rust: curl --proto =https --tlsv1.2 -sSf https://sh.rustup.rs | sh)
	@$(call need,cc,Install a C compiler: sudo apt-get install build-essential)
	@$(call need,npm,Install Node.js 20 or newer with npm: sudo apt-get install nodejs npm)
	@[ -d "$$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ] || { $(call say,Rust for the browser); rustup target add wasm32-unknown-unknown; }
	@[ "$$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $(BINDGEN)" ] || { $(call say,wasm-bindgen $(BINDGEN): some minutes once); \
	env -u RUSTC_WORKSPACE_WRAPPER CARGO_PROFILE_RELEASE_OPT_LEVEL=1 cargo install wasm-bindgen-cli --version $(BINDGEN) --force --quiet; }

$(MODULES): $(BROWSER)/package-lock.json
	@$(call say,Node packages); cd $(BROWSER) && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json

test-tools: $(MODULES)
	@$(call debian,-x "$(CHROMIUM)",chromium)
	@$(call debian,-n "$$(tests/support/postgres.sh where)",postgresql)
	@$(call debian,-x /usr/sbin/postfix,postfix)
	@$(call debian,-n "$$(command -v pdftotext)" -a -n "$$(command -v qpdf)",poppler-utils qpdf)
	@$(call debian,-n "$$(command -v age)",age)
	@$(call debian,-n "$$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null)",libfaketime)
	@if [ -f tests/mail/requirements.txt ] && ! cmp -s tests/mail/requirements.txt $(VENV)/installed.txt; then $(call say,Python packages); \
	python3 -m venv $(VENV) && $(VENV)/bin/pip install -q --disable-pip-version-check -r tests/mail/requirements.txt && cp tests/mail/requirements.txt $(VENV)/installed.txt; fi

clean: ## Remove everything that was built (never data/)
	@rm -rf $(BROWSER)/node_modules $(VENV); cargo clean
