# `make run` and `make test` are all a newcomer needs; both install what is missing first.

.DEFAULT_GOAL := help
.PHONY: help run cluster compose test soak check bench conformance dashboards

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and start the server with demonstration data, on port 8080
	@scripts/setup
	cargo run --release --locked -- serve --demo

cluster: ## build and start three nodes on one PostgreSQL behind HAProxy, on port 8080
	@scripts/setup --cluster-tools
	cargo build --release --locked
	@scripts/cluster

compose: ## a whole desk in containers, with Prometheus and Grafana, on port 8080 (needs Docker with compose)
	@scripts/compose-secrets
	docker compose --file docker/compose.yml up --build --detach --wait

test: ## run all tests, on a private PostgreSQL
	@scripts/setup --test-tools
	cargo test --locked --workspace

soak: ## faults under load, judged by the history checker; SOAK="--only kills --seed 7" for a part
	@scripts/setup --test-tools
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

dashboards: ## hold the queries of dashboards and alerts against PROMETHEUS=http://… (needs Python 3)
	@scripts/dashboards $(if $(PROMETHEUS),--prometheus $(PROMETHEUS))

conformance: ## WebSocket conformance of a running server, on port 8080 or at URL=ws://… (needs Python 3)
	@scripts/conformance $(URL)
