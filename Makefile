# What a person types. The work is in scripts/; each prints what it does and, when it cannot, one sentence that says why.
.DEFAULT_GOAL := help
.PHONY: help demo test check build fetch install clean bench load nchan peers stuck screens crash soak test-cluster fuzz

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build, fetch the models, and play a Mandarin factory tour (LITE=1: without the language model, 1.1 GB)
	@scripts/demo.sh

test: ## All tests, with the real models and a real browser
	@scripts/test.sh

check: ## Format, lints, docs, licences, language packs, scripts
	@scripts/check.sh

build: ## target/release/tradewind
	@scripts/build.sh

fetch: ## Fetch and check the model files
	@scripts/fetch.sh

install: ## Program, service and configuration in place (as root, or DESTDIR=FOLDER); after `make build`
	@scripts/install.sh

clean: ## Remove what was built; the models stay in their cache folder
	@rm -rf target .cache tests/browser/node_modules

bench: ## Speed of the segmenter, the hub and the encoding
	@cargo bench --bench segmenter --bench hub --bench encoding

load: ## 1,000 viewers on one room: lost events, delay, memory a viewer
	@benches/load.sh --viewers 1000 --events 50

nchan: ## 10,000 viewers in twelve languages on the gateway and on nchan, in turns: the ratios
	@benches/nchan.sh

peers: ## The tour into the gateway, WhisperLive and WhisperLiveKit, 1, 2 and 4 rooms: lag and processor time (6.8 GB to install)
	@benches/peers.sh

stuck: ## 1,000 viewers who read beside 1,000 who read nothing: what the readers notice, as a ratio
	@benches/load.sh --viewers 1000 --events 100 --stuck 1000

crash: ## A show killed 50 times at random, against the same show undisturbed (CRASH_SEED, CRASH_KILLS)
	@cargo test --release --locked --test it crash::fifty_kills -- --ignored --nocapture

test-cluster: ## Nodes over NATS whose servers are away for 20 s, and whose network is cut and delayed (as root)
	@scripts/cluster.sh

soak: ## An hour of audio at three times real time with viewers coming and going (SOAK_MINUTES, SOAK_SPEED): memory
	@cargo test --release --locked --test it soak:: -- --ignored --nocapture

fuzz: ## Every parser of foreign bytes, ten minutes each (FUZZ_SECONDS); needs cargo-fuzz
	@scripts/fuzz.sh "$${FUZZ_SECONDS:-600}"

screens: ## Pictures of every page, in docs/screens
	@scripts/screens.sh
