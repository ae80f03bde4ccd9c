# mailpipe: make, make demo, make check; INSTALL has the rest.
# SPDX-License-Identifier: ISC

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
EXAMPLEDIR ?= $(PREFIX)/share/doc/mailpipe
DESTDIR ?=
QUEUE_GROUP ?=
CC ?= cc
CFLAGS ?= -O2 -g
B ?= build

# The project's own flags; CPPFLAGS, CFLAGS and LDFLAGS are the user's.
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef
HARDEN = -fPIE -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection -D_FORTIFY_SOURCE=2
SANITIZE =
OURS = -std=c11 -D_GNU_SOURCE -iquote lib $(WARN) -ffunction-sections -MMD -MP
LINK = -pie -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro,-z,now
ifdef SANITIZE_BUILD
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
HARDEN = -fPIE
endif
LIBS = -lmagic -lcurl -lresolv -pthread
ifdef SANITIZE_BUILD
# AddressSanitizer has a crypt_r(3) of its own, which looks for the real one at
# the start; PAM loads libcrypt later.
LIBS += -Wl,--push-state,--no-as-needed -lcrypt -Wl,--pop-state
endif

all:

# winmail.dat is taken apart where libytnef is there; YTNEF= builds without.
YTNEF := $(shell $(CC) $(CPPFLAGS) -E -x c -include ytnef.h /dev/null \
	>/dev/null 2>&1 && echo yes)
ifneq ($(YTNEF),)
OURS += -DWITH_YTNEF
LIBS += -lytnef
endif

# The sandbox's filters of system calls are written by libseccomp, of which
# the commands themselves need nothing; SECCOMP= builds without.  BUILD_CC is
# for the machine that builds.
BUILD_CC ?= $(CC)
SECCOMP := $(shell [ "$$(uname)" != Linux ] || echo yes)
ifneq ($(SECCOMP),)
OURS += -DWITH_SECCOMP -I$(B)/lib/sandbox
$(B)/lib/sandbox.o: $(B)/lib/sandbox/filters.h
endif

# PAM where its headers are, for mail-checkpw -P.
LIBS += $(if $(wildcard $(PAM_HEADER)),-lpam)
PAM_HEADER = /usr/include/security/pam_appl.h

# A file of cmd/FAMILY with a hyphen in its name is a command; the others are
# modules of that family.
SOURCES = $(wildcard cmd/*/*-*.c)
FAMILIES = $(sort $(patsubst cmd/%/,%,$(dir $(wildcard cmd/*/*.c))))
COMMANDS = $(basename $(notdir $(SOURCES)))
PROGRAMS = $(COMMANDS:%=$(B)/bin/%)
LIBRARY = $(patsubst %.c,$(B)/%.o,$(wildcard lib/*.c))
UNITS = $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*.c))
FUZZERS = $(filter-out %/main,$(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/*.c)))
TOOLS = $(patsubst %.c,$(B)/%,$(wildcard tests/tool/*.c))
PRELOADS = $(patsubst %.c,$(B)/%.so,$(wildcard tests/preload/*.c))
MANUALS = $(wildcard man/*.[1-8])
SERVICES = $(wildcard cmd/*/*.socket cmd/*/*.service cmd/*/*.timer)
EXAMPLES = $(wildcard cmd/*/*.inetd cmd/*/*.pam)

all: $(PROGRAMS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(OURS) $(HARDEN) $(SANITIZE) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/lib/sandbox/filters.h: lib/sandbox/filters.c
	@mkdir -p $(@D)
	$(BUILD_CC) -std=c11 -D_GNU_SOURCE $(WARN) \
	    $(if $(SANITIZE_BUILD),-DSANITIZED) -o $(@D)/filters $< -lseccomp
	$(@D)/filters >$@.new
	mv $@.new $@

$(B)/libmail.a: $(LIBRARY)
	rm -f $@
	$(AR) rc $@ $^

modules = $(patsubst %.c,$(B)/%.o,$(filter-out $(SOURCES),$(wildcard cmd/$(1)/*.c)))
define family
$(B)/cmd/$(1).a: $(call modules,$(1))
	@mkdir -p $$(@D)
	rm -f $$@
	$$(AR) rc $$@ $$^
endef
$(foreach f,$(FAMILIES),$(eval $(call family,$(f))))

# One rule for all commands: its object, its family's modules, the library.
source = $(filter %/$(1).c,$(SOURCES))
object = $(patsubst %.c,$(B)/%.o,$(call source,$(1)))
archive = $(patsubst %/,$(B)/%.a,$(dir $(call source,$(1))))
.SECONDEXPANSION:
$(PROGRAMS): $(B)/bin/%: $$(call object,$$*) $$(call archive,$$*) \
    $(B)/libmail.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SANITIZE) $(LINK) $(LDFLAGS) -o $@ $^ $(LIBS)

# A unit test may test the modules of a family: it links all of them.
ARCHIVES = $(FAMILIES:%=$(B)/cmd/%.a) $(B)/libmail.a
$(UNITS) $(TOOLS): $(B)/%: $(B)/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SANITIZE) $(LINK) $(LDFLAGS) -o $@ $^ $(LIBS)

# Each fuzz target with a plain main() that runs it over files: for make check.
$(FUZZERS): $(B)/%: $(B)/%.o $(B)/tests/fuzz/main.o $(ARCHIVES)
	$(CC) $(CFLAGS) $(SANITIZE) $(LINK) $(LDFLAGS) -o $@ $^ $(LIBS)

# What tests put between a program and the kernel; never with a sanitizer.
$(PRELOADS): $(B)/%.so: %.c
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARN) $(CPPFLAGS) $(CFLAGS) -U_FORTIFY_SOURCE -fPIC \
	    -shared -o $@ $<

deps:
	tests/deps

# Each of the next does all of its own set-up.  The work after it is a second
# make, so that what is built is built with what was just installed.
demo:
	tests/deps demo
	$(MAKE) all $(B)/tests/tool/photo
	tests/demo $(B)

check: deps
	$(MAKE) all tests
	tests/run $(B)

tests: $(UNITS) $(FUZZERS) $(TOOLS) $(PRELOADS)

asan: deps
	$(MAKE) B=$(B)/asan SANITIZE_BUILD=1 CFLAGS="-O1 -g" all tests
	tests/run $(B)/asan

# Some minutes: unit tests and the tests of MIME under valgrind.
valgrind: deps
	$(MAKE) all tests
	tests/valgrind/run $(B)

bench: deps
	$(MAKE) all tests
	tests/bench/run $(B)

# Some minutes: a queue whose programs are killed, and whose power fails.
torture: deps
	$(MAKE) all tests
	tests/torture $(B)

# make fuzz: each target for FUZZ_SECONDS under libFuzzer.
FUZZ_SECONDS ?= 60
fuzz: deps
	tests/fuzz/run $(B) $(FUZZ_SECONDS)

lint: deps
	tests/lint

install: all
	mkdir -p $(DESTDIR)$(BINDIR) $(DESTDIR)$(UNITDIR) \
	    $(DESTDIR)$(EXAMPLEDIR)
	install -m 755 $(PROGRAMS) $(DESTDIR)$(BINDIR)
	[ -z "$(QUEUE_GROUP)" ] || install -m 2755 -g "$(QUEUE_GROUP)" \
	    $(B)/bin/mailq-add $(DESTDIR)$(BINDIR)
	for m in $(MANUALS); do \
	    install -D -m 644 $$m \
	        $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/} || exit 1; done
	for u in $(SERVICES); do \
	    sed 's,@BINDIR@,$(BINDIR),' $$u | install -m 644 /dev/stdin \
	        $(DESTDIR)$(UNITDIR)/$${u##*/} || exit 1; done
	for e in $(EXAMPLES); do \
	    sed 's,@BINDIR@,$(BINDIR),' $$e | install -m 644 /dev/stdin \
	        $(DESTDIR)$(EXAMPLEDIR)/$${e##*/} || exit 1; done

uninstall:
	rm -f $(COMMANDS:%=$(DESTDIR)$(BINDIR)/%)
	for m in $(MANUALS); do \
	    rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/}; done
	rm -f $(patsubst %,$(DESTDIR)$(UNITDIR)/%,$(notdir $(SERVICES)))
	rm -f $(patsubst %,$(DESTDIR)$(EXAMPLEDIR)/%,$(notdir $(EXAMPLES)))

clean:
	rm -rf $(B)

.PHONY: all deps demo check tests asan valgrind bench torture fuzz lint \
    install uninstall clean
.SECONDARY:
-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
