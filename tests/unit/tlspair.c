/* SPDX-License-Identifier: ISC */
/* Unit test of tlspair: files opened early and read late. */

#include <fcntl.h>

#include "tlspair.h"
#include "tlspeer.h"

static int
open_and_read(const char *certificate, const char *key, struct fail *f)
{
	struct tlspair p;
	int rc = tlspair_open(&p, certificate, key, f) == -1 ? -2 :
	    tlspair_read(&p, f);

	tlspair_close(&p);
	return rc;
}

static void
join(const char *to, const char *a, const char *b)
{
	char command[256];
	char *args[] = { (char[]){ "sh" }, (char[]){ "-c" }, command, NULL };

	(void)snprintf(command, sizeof(command), "cat %s %s >%s", a, b, to);
	CHECK_INT(tlspeer_run(args), 0);
	CHECK_INT(chmod(to, 0600), 0);
}

static void
good(void)
{
	struct fail f = { 0 };
	struct tlspair p;

	CHECK_INT(open_and_read("one.pem", "one.key", &f), 0);
	join("both", "one.pem", "one.key");
	CHECK_INT(open_and_read("both", NULL, &f), 0);
	join("chain", "one.pem", "two.pem");
	CHECK_INT(tlspair_open(&p, "chain", "one.key", &f), 0);
	/* What is open can be read, whoever moves it away. */
	CHECK_INT(unlink("chain"), 0);
	CHECK_INT(tlspair_changed(&p), 1);
	CHECK_INT(tlspair_read(&p, &f), 0);
	CHECK(p.x != NULL && p.pkey != NULL && p.chain != NULL);
	tlspair_close(&p);
}

static void
bad(void)
{
	struct fail f = { 0 };

	CHECK_INT(open_and_read("one.pem", "two.key", &f), -1);
	CHECK_STR(f.text, "one.pem: key values mismatch");
	CHECK_INT(open_and_read("one.key", "one.key", &f), -1);
	CHECK_STR(f.text, "one.key: no start line");
	CHECK_INT(open_and_read("one.pem", "one.pem", &f), -2);
	CHECK_INT(chmod("one.pem", 0600), 0);
	CHECK_INT(open_and_read("one.pem", "one.pem", &f), -1);
	CHECK_INT(open_and_read("/dev/null", "one.key", &f), -2);
	CHECK_INT(open_and_read("nowhere", "one.key", &f), -2);
	CHECK_INT(open_and_read("one.pem", "nowhere", &f), -2);
	CHECK_INT(f.class, EX_CONFIG);
	join("torn", "one.pem", "/dev/null");
	CHECK_INT(truncate("torn", 300), 0);
	CHECK_INT(open_and_read("torn", "one.key", &f), -1);
	CHECK_INT(chmod("one.key", 0604), 0);
	CHECK_INT(open_and_read("one.pem", "one.key", &f), -2);
	CHECK_STR(f.text, "one.key: a key that others can read or write");
	CHECK_INT(chmod("one.key", 0640), 0);
	CHECK_INT(open_and_read("one.pem", "one.key", &f), 0);
}

/* Nobody is asked for a password: that would be the end of an answer in
 * time. */
static void
with_password(void)
{
	char *args[] = { (char[]){ "openssl" }, (char[]){ "ec" },
		(char[]){ "-in" }, (char[]){ "one.key" }, (char[]){ "-out" },
		(char[]){ "locked.key" }, (char[]){ "-aes128" },
		(char[]){ "-passout" }, (char[]){ "pass:secret" }, NULL };
	struct fail f = { 0 };

	CHECK_INT(tlspeer_run(args), 0);
	CHECK_INT(open_and_read("one.pem", "locked.key", &f), -1);
	CHECK(strncmp(f.text, "locked.key: ", 12) == 0);
}

static void
changed(void)
{
	struct fail f = { 0 };
	struct tlspair p;
	int fd;

	CHECK_INT(tlspair_open(&p, "one.pem", "one.key", &f), 0);
	CHECK_INT(tlspair_changed(&p), 0);
	join("new", "one.key", "/dev/null");
	CHECK_INT(rename("new", "one.key"), 0);
	CHECK_INT(tlspair_changed(&p), 1);
	tlspair_close(&p);
	CHECK_INT(tlspair_open(&p, "one.pem", "one.key", &f), 0);
	CHECK((fd = open("one.pem", O_WRONLY | O_APPEND)) != -1);
	CHECK_INT(write(fd, "\n", 1), 1);
	(void)close(fd);
	CHECK_INT(tlspair_changed(&p), 1);
	tlspair_close(&p);
}

int
main(void)
{
	struct fail f = { 0 };
	char place[64];

	tlspeer_start(place);
	tlspeer_certificate("one", "DNS:one.example", "ec");
	tlspeer_certificate("two", "DNS:two.example", "ec");
	if (openssl_load(&f) == NULL)
		abort();
	RUN(good);
	RUN(bad);
	RUN(with_password);
	RUN(changed);
	tlspeer_end(place);
	return unit_done();
}
