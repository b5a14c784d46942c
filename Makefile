# make demo and make test are all that a fresh Debian machine with a Swift toolchain needs; make help lists the rest.

SWIFT ?= swift
# A folder with the real interferograms of a LiCSAR frame, for demo-real.
FRAME ?= ../shared/data/licsar/106A_09048_000909

# The model that benchmark runs.
MODEL ?= Sources/Detection/Models/default.safetensors

prefix ?= /usr
sysconfdir ?= /etc
DESTDIR ?=

bindir = $(prefix)/bin
share = $(prefix)/share/fringewatch
unitdir = $(prefix)/lib/systemd/system
configdir = $(sysconfdir)/fringewatch
completions = $(prefix)/share/bash-completion/completions/fringewatch \
              $(prefix)/share/zsh/vendor-completions/_fringewatch \
              $(prefix)/share/fish/vendor_completions.d/fringewatch.fish

relocate = sed 's|/usr/bin/fringewatch|$(bindir)/fringewatch|g; s|/etc/fringewatch|$(configdir)|g'

# Debian has no Swift runtime, so the program that is installed brings its own.
RELEASE = --configuration release --static-swift-stdlib
RELEASE_BINARY = .build/release/fringewatch

.DEFAULT_GOAL := help
.PHONY: help packages setup build test test-arm demo demo-real release benchmark latency install uninstall lint format

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' Makefile

packages:  ## Install the Debian packages for building (asks for root only if one is missing)
	@scripts/install-packages
	@command -v $(SWIFT) >/dev/null || { \
		echo "There is no swift command: install the toolchain, 6.2 or newer, from https://www.swift.org/install/linux" >&2; exit 1; }

setup: packages  ## The same, with the servers that the tests talk to
	@scripts/install-packages --for-tests

build: packages  ## Build the program for trying out: .build/debug/fringewatch
	$(SWIFT) build --product fringewatch

# What computes for seconds goes first and by itself: beside it, tests that wait for a server or a deadline would starve.
COMPUTING = ^(Detection|Evaluation|Evidence|MapPicture|NeuralNetwork|Raster|Retraining|Synthesis|Training)Tests\.

test: setup  ## Run all tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --filter '$(COMPUTING)'
	$(SWIFT) test --skip-build --skip '$(COMPUTING)'

test-arm: packages  ## Compare the C kernels' results on 64-bit Arm, emulated, with this machine's
	@scripts/install-packages --for-arm
	SWIFT='$(SWIFT)' scripts/test-on-arm

# The debug build, because it takes half the time and the tests use it too; what computes pixels is optimised in it as well.
demo: build  ## From a catalogue on this machine to mail, webhook and picture, in under a minute after the build
	.build/debug/fringewatch demo

demo-real: build  ## The same with a real frame, FRAME=folder
	@test -d "$(FRAME)" || { echo "There are no interferograms at $(FRAME): make demo-real FRAME=folder" >&2; exit 1; }
	.build/debug/fringewatch demo --real "$(FRAME)"

release: packages  ## Build the program for installing
	$(SWIFT) build --product fringewatch $(RELEASE)

benchmark: packages release  ## Time network and archive scan against ONNX Runtime, OpenVINO and PyTorch
	$(SWIFT) build --product Benchmark --configuration release
	benchmarks/network.py .build/release/Benchmark
	benchmarks/pipeline.py .build/release/Benchmark $(RELEASE_BINARY) $(MODEL)

latency: setup release  ## Measure the time from publication to the mail relay's answer, with FRAME=folder
	benchmarks/latency.py $(RELEASE_BINARY) "$(FRAME)"

# "make release", then "sudo make install": root needs no Swift toolchain, and installs what was built.
install:  ## Install program, data, service and examples (DESTDIR, prefix=/usr)
	@test -x $(RELEASE_BINARY) || { echo "There is nothing to install yet: run make release first" >&2; exit 1; }
	install -d "$(DESTDIR)$(bindir)" "$(DESTDIR)$(unitdir)" "$(DESTDIR)$(configdir)/conf.d"
	install -m 755 -s $(RELEASE_BINARY) "$(DESTDIR)$(bindir)/fringewatch"
	scripts/install-data "$(DESTDIR)$(share)"
	install -d "$(DESTDIR)$(share)/systemd"
	$(relocate) systemd/fringewatch.service >"$(DESTDIR)$(unitdir)/fringewatch.service"
	$(relocate) systemd/systemd-253/notify-reload.conf >"$(DESTDIR)$(share)/systemd/notify-reload.conf"
	chmod 644 "$(DESTDIR)$(unitdir)/fringewatch.service" "$(DESTDIR)$(share)/systemd/notify-reload.conf"
	set -e; for file in config.yaml priority-volcanoes.yaml; do \
		if [ -e "$(DESTDIR)$(configdir)/$$file" ]; then echo "$(configdir)/$$file is kept as it is"; \
		else install -m 644 "config/$$file" "$(DESTDIR)$(configdir)/$$file"; fi; done
	set -e; for file in $(completions); do \
		case $$file in */bash-completion/*) shell=bash;; */zsh/*) shell=zsh;; *) shell=fish;; esac; \
		install -d "$(DESTDIR)$$(dirname $$file)"; \
		$(RELEASE_BINARY) --generate-completion-script $$shell >"$(DESTDIR)$$file"; chmod 644 "$(DESTDIR)$$file"; done

uninstall:  ## Remove what was installed; configuration and ledger stay
	rm -f "$(DESTDIR)$(bindir)/fringewatch" "$(DESTDIR)$(unitdir)/fringewatch.service" $(completions:%="$(DESTDIR)%")
	rm -rf "$(DESTDIR)$(share)"
	@echo "Kept: $(configdir), /var/lib/fringewatch"

lint:  ## Check the form of the source
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:  ## Bring the source into that form
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests
