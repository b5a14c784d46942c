# The commands of the README. `make help` lists them.

prefix ?= /usr
sysconfdir ?= /etc
DESTDIR ?=
FRAME ?= ../shared/data/licsar/106A_09048_000909
RELEASE = swift build -c release --product fringewatch -Xswiftc -static-stdlib
share = $(DESTDIR)$(prefix)/share/fringewatch

.PHONY: help demo demo-real test setup setup-for-tests build release install uninstall lint latency

help:
	@echo "make demo       build, and see the whole way from a catalogue to the mailbox on this machine alone"
	@echo "make test       build and run all tests"
	@echo "make demo-real  the same as demo with a downloaded LiCSAR frame: FRAME=$(FRAME)"
	@echo "make install    install a release build (DESTDIR=, prefix=$(prefix))"
	@echo "make latency    measure the time from publication to the mail relay's 250, with FRAME"
	@echo "make lint       check the source's format"

setup:
	@scripts/install-packages

setup-for-tests:
	@scripts/install-packages --for-tests

# A debug build: the numeric targets are optimised in it too, and the tests use the same one.
build: setup
	swift build --product fringewatch

demo: build
	@$$(swift build --show-bin-path)/fringewatch demo

demo-real: build
	@$$(swift build --show-bin-path)/fringewatch demo --real $(FRAME)

test: setup-for-tests
	swift test

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

release: setup
	$(RELEASE)

latency: setup-for-tests release
	benchmarks/latency.py $$($(RELEASE) --show-bin-path)/fringewatch $(FRAME)

install: release
	install -D -m 755 $$($(RELEASE) --show-bin-path)/fringewatch $(DESTDIR)$(prefix)/bin/fringewatch
	strip $(DESTDIR)$(prefix)/bin/fringewatch
	install -d $(share)/models $(share)/volcanoes $(share)/config
	install -m 644 Sources/Detection/Models/* $(share)/models
	install -m 644 Sources/Volcanoes/Data/*.csv $(share)/volcanoes
	install -m 644 config/* $(share)/config
	cp -R --no-preserve=ownership alert-templates $(share)/
	install -D -m 644 systemd/fringewatch.service $(DESTDIR)$(prefix)/lib/systemd/system/fringewatch.service
	install -d $(DESTDIR)$(sysconfdir)/fringewatch
	for file in config.yaml priority-volcanoes.yaml; do \
	  test -e $(DESTDIR)$(sysconfdir)/fringewatch/$$file || install -m 644 config/$$file $(DESTDIR)$(sysconfdir)/fringewatch/; \
	done
	install -d $(DESTDIR)$(prefix)/share/bash-completion/completions $(DESTDIR)$(prefix)/share/zsh/vendor-completions
	install -d $(DESTDIR)$(prefix)/share/fish/vendor_completions.d
	$(DESTDIR)$(prefix)/bin/fringewatch --generate-completion-script bash >$(DESTDIR)$(prefix)/share/bash-completion/completions/fringewatch
	$(DESTDIR)$(prefix)/bin/fringewatch --generate-completion-script zsh >$(DESTDIR)$(prefix)/share/zsh/vendor-completions/_fringewatch
	$(DESTDIR)$(prefix)/bin/fringewatch --generate-completion-script fish >$(DESTDIR)$(prefix)/share/fish/vendor_completions.d/fringewatch.fish

# Configuration and state stay.
uninstall:
	rm -rf $(share) $(DESTDIR)$(prefix)/bin/fringewatch $(DESTDIR)$(prefix)/lib/systemd/system/fringewatch.service
	rm -f $(DESTDIR)$(prefix)/share/bash-completion/completions/fringewatch
	rm -f $(DESTDIR)$(prefix)/share/zsh/vendor-completions/_fringewatch
	rm -f $(DESTDIR)$(prefix)/share/fish/vendor_completions.d/fringewatch.fish
