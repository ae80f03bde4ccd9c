/* SPDX-License-Identifier: ISC */
/* Unit test of openssl: it is there when it is asked for, and not before. */

#include <sys/wait.h>
#include <unistd.h>

#include "openssl.h"
#include "unit.h"

/* 1 where a file of that name is mapped into this process. */
static int
mapped(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[1024];
	int found = 0;

	if (maps == NULL)
		abort();
	while (fgets(line, sizeof(line), maps) != NULL)
		found |= strstr(line, name) != NULL;
	(void)fclose(maps);
	return found;
}

static void
on_demand(void)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	const struct openssl *o;
	struct fail f = { 0 };
	unsigned n = 0;

	CHECK_INT(mapped("libcrypto"), 0);
	CHECK((o = openssl_load(&f)) != NULL);
	CHECK_INT(mapped("libcrypto"), 1);
	CHECK(openssl_load(&f) == o);
	CHECK_INT(o->EVP_Digest("abc", 3, digest, &n, o->EVP_sha256(), NULL),
	    1);
	CHECK_INT(n, 32);
	CHECK_SLICE(((struct slice){ (char *)digest, 8 }),
	    SLICE("\xba\x78\x16\xbf\x8f\x01\xcf\xea"));
}

static void
errors(void)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	const struct openssl *o;
	struct fail f = { 0 };

	if ((o = openssl_load(&f)) == NULL)
		abort();
	CHECK_INT(openssl_fail(&f, EX_CONFIG, "what"), -1);
	CHECK_STR(f.text, "what: OpenSSL error 0");
	CHECK_INT(o->EVP_Digest("abc", 3, digest, NULL, NULL, NULL), 0);
	CHECK_INT(openssl_fail(&f, EX_CONFIG, "digest"), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_STR(f.text, "digest: no digest set");
	CHECK_INT(o->ERR_get_error(), 0);
}

/* Where the library is no library: in a process of its own, as the search
 * path is read when a program starts. */
static void
not_there(const char *self)
{
	char dir[] = "/tmp/mailpipe.XXXXXX", path[64], *args[3];
	int status = -1;
	FILE *file;
	pid_t pid;

	CHECK(mkdtemp(dir) != NULL);
	(void)snprintf(path, sizeof(path), "%s/libcrypto.so.%d", dir,
	    OPENSSL_SHLIB_VERSION);
	CHECK((file = fopen(path, "w")) != NULL && fclose(file) == 0);
	args[0] = (char *)(uintptr_t)self;
	args[1] = (char *)(uintptr_t)"child";
	args[2] = NULL;
	if ((pid = fork()) == 0) {
		(void)setenv("LD_LIBRARY_PATH", dir, 1);
		(void)execv("/proc/self/exe", args);
		_exit(1);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(rmdir(dir), 0);
}

/* Twice: what failed does not count as done. */
static int
without_library(void)
{
	struct fail f = { 0 };

	return openssl_load(&f) != NULL || openssl_load(&f) != NULL ||
	    f.class != EX_UNAVAILABLE ||
	    strstr(f.text, "(package libssl3)") == NULL ||
	    strstr(f.text, "libcrypto.so.3") == NULL;
}

static const char *program;

static void
missing(void)
{
	not_there(program);
}

int
main(int argc, char *argv[])
{
	program = argv[0];
	if (argc > 1)
		return without_library();
	RUN(on_demand);
	RUN(errors);
	RUN(missing);
	return unit_done();
}
