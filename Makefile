# `make run` and `make test` are all a newcomer needs; both install what is missing first.

.DEFAULT_GOAL := help
.PHONY: help run pages cluster compose test test-browser api screenshots soak check bench loadtest conformance dashboards

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and start the server with demonstration data, on port 8080
	@scripts/setup
	@$(MAKE) --no-print-directory pages || echo "make: the pages for people could not be built; the server runs without them" >&2
	cargo run --release --locked -- serve --demo

PAGE_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/browser/*' -not -path 'web/tests/*' -not -path 'web/live/dist/*')

pages: web/dist/report.html ## build the pages for people, which the server carries (needs Node)

web/dist/report.html: web/node_modules/.package-lock.json $(PAGE_SOURCES)
	cd web && npm run --silent build

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@scripts/setup --page-tools
	cd web && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

api: web/node_modules/.package-lock.json ## write web/src/api.ts anew from the OpenAPI document, after a change of routes
	cargo run --locked -- openapi >target/openapi.json
	cd web && npx openapi-typescript ../target/openapi.json --output src/api.ts

cluster: ## build and start three nodes on one PostgreSQL behind HAProxy, on port 8080
	@scripts/setup --cluster-tools
	@$(MAKE) --no-print-directory pages
	cargo build --release --locked
	@scripts/cluster

compose: ## a whole desk in containers, with Prometheus and Grafana, on port 8080 (needs Docker with compose)
	@scripts/compose-secrets
	docker compose --file docker/compose.yml up --build --detach --wait

test: ## run all tests, on a private PostgreSQL
	@scripts/setup --test-tools
	cargo test --locked --workspace

test-browser: pages ## the pages in headless Chromium, against a server of the tests' own; ONLY=report for a part
	@scripts/setup --browser-tools
	cargo build --locked
	cd web && npm test && npm run test:live && npm run test:browser -- $(ONLY)

screenshots: pages ## pictures of every page and state, into web/screenshots
	@scripts/setup --browser-tools
	cargo build --locked
	cd web && npm run screenshots && npm run screenshots:board && npm run screenshots:admin

soak: ## faults under load, judged by the history checker; SOAK="--only kills --seed 7" for a part
	@scripts/setup --soak-tools
	cargo test --locked --test soak -- run $(SOAK)

check: ## formatting, lints, licences and sources of dependencies, documentation
	@scripts/setup --check-tools
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo deny --locked check --hide-inclusion-graph licenses bans sources
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

bench: ## measure: benches/, then a running server under load (takes a while)
	@scripts/setup
	cargo bench --locked
	cargo build --release --locked --workspace
	target/release/redress-loadtest bench

loadtest: ## play a city's users for two minutes; LOADTEST="--profile high" for others, "--help" for all
	@scripts/setup
	cargo build --release --locked --workspace
	target/release/redress-loadtest play $(LOADTEST)

dashboards: ## hold the queries of dashboards and alerts against PROMETHEUS=http://… (needs Python 3)
	@scripts/dashboards $(if $(PROMETHEUS),--prometheus $(PROMETHEUS))

conformance: ## WebSocket conformance of a running server, on port 8080 or at URL=ws://… (needs Python 3)
	@scripts/conformance $(URL)
