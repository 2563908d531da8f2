# `make` lists what can be made. Two commands cover a first visit: `make demo`, then `make test`.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test bench constant-time cuts soak fuzz mutants lint docs

BENCH ?=
PATHS ?=
MUTANTS ?=
MUTATE = KEYPACT_TEST_ALL=1 KEYPACT_TEST_TOOLS=$(CURDIR)/target/tools cargo mutants --output target
# Left out of the first round: they take longer than all others together, and notice little that those do not.
SLOW := every_flipped_bit ten_thousand_chunks endless_headers both_sides_agree too_many_recipients roots::
FUZZ_SECONDS ?= 30
FUZZ_TARGETS := $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs)))
SCRIPTS := .ci/run $(wildcard tests/install/*.sh) tests/constant_time/run.sh

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 24

demo: ## build the program and let it show itself: two parties in one terminal
	cargo build --release --locked
	target/release/keypact tour

test: ## install what the tests run against, then run all of them
	tests/install/all.sh
	if cargo nextest --version >/dev/null 2>&1; then \
	    KEYPACT_TEST_ALL=1 cargo nextest run --workspace --locked --no-fail-fast --test-threads $$(( 2 * $$(nproc) )); \
	else \
	    KEYPACT_TEST_ALL=1 cargo test --workspace --locked --no-fail-fast --all-targets; \
	fi
	cargo test --doc --locked
	@echo "make test: everything passed"

bench: ## measure speed: the layers in memory, then whole programs side by side, into docs/performance.md (BENCH=arguments)
	tests/install/apt.sh gpg:gnupg openssl:openssl
	tests/install/rage.sh
	tests/install/apt.sh sshd:openssh-server
	tests/install/wormhole.sh
	cargo build --release --locked
	cargo bench --locked --bench '*'
	benches/peers.py $(BENCH)
	benches/latency.py
	tests/install/apt.sh nc:netcat-openbsd socat sshd:openssh-server rsync spiped
	benches/transfer.py

soak: ## ten thousand exchanges, one after the other: nothing fails, is left or grows
	KEYPACT_SOAK=10000 cargo test --release --locked --test soak

constant-time: ## look for branches and addresses that depend on secrets, under valgrind (PATHS=words of their names)
	tests/constant_time/run.sh $(PATHS)
	cargo run --quiet --locked --profile constant-time --package keypact-constant-time --bin timing

fuzz: ## look for crashes, FUZZ_SECONDS a target (`make test` replays the kept inputs without a fuzzer)
	tests/install/cargo-fuzz.sh
	for target in $(FUZZ_TARGETS); do \
	    mkdir -p fuzz/target/corpus/$$target; \
	    RUSTC_BOOTSTRAP=1 cargo fuzz run $$target fuzz/target/corpus/$$target fuzz/corpus/$$target -- \
	        -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -print_final_stats=1; \
	done

cuts: ## break a transfer of a tree 200 times, a side killed or wire or line cut, at random moments, and look each time what is there
	KEYPACT_TEST_CUTS=200 cargo test --test transfer killed -- --nocapture

mutants: ## change crypto and format in every small way and see whether a test notices, hours of it (MUTANTS=arguments)
	tests/install/cargo-mutants.sh
	tests/install/cctv.sh
	$(MUTATE) --cargo-arg=--lib $(MUTANTS) -- -- $(addprefix --skip ,$(SLOW)) || [ $$? = 2 ]
	$(MUTATE) --iterate $(addprefix --cargo-arg=,--lib --test=age_known_answers --test=age_vectors) $(MUTANTS)

lint: ## formatting, clippy, the library alone, scripts, licences
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo fmt --manifest-path tests/peers/rage/Cargo.toml --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo check --lib --no-default-features --locked
	if command -v shellcheck >/dev/null; then shellcheck $(SCRIPTS); \
	    else echo "make lint: left out shellcheck, it is not installed"; bash -n $(SCRIPTS); fi
	if command -v cargo-deny >/dev/null; then cargo deny --locked check licenses bans sources; \
	    else echo "make lint: left out cargo deny, it is not installed"; fi

docs: ## the library's pages without a warning; man pages and completions as the program writes them
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --locked
	cargo test --locked --test generated
