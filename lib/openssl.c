/* SPDX-License-Identifier: ISC */
/* openssl: OpenSSL 3, loaded by the first who needs it; see openssl.h. */

#include <dlfcn.h>
#include <string.h>

#include "openssl.h"

/* The libraries that the headers belong to. */
#define STRING_OF(token) #token
#define LIBRARY(name, version) "lib" name ".so." STRING_OF(version)
#define LIBCRYPTO LIBRARY("crypto", OPENSSL_SHLIB_VERSION)
#define LIBSSL LIBRARY("ssl", OPENSSL_SHLIB_VERSION)

/* The names of the functions, in the order of struct openssl: one text, not a
 * pointer for each, which would have to be relocated in every process. */
#define NAME(name) #name "\0"
static const char of_crypto[] = OPENSSL_OF_CRYPTO(NAME);
static const char of_ssl[] = OPENSSL_OF_SSL(NAME);
#undef NAME

static struct openssl table;
static int loaded;

/* dlerror(3) tells what is missing, with the name of the library. */
static int
missing(struct fail *f)
{
	return fail_set(f, EX_UNAVAILABLE,
	    "OpenSSL cannot be loaded (package libssl%d): %.300s",
	    OPENSSL_SHLIB_VERSION, dlerror());
}

/* Fills the members from "at" on: where the next library's begin, or NULL. */
static char *
load(const char *library, const char *names, char *at, struct fail *f)
{
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL), *p;

	if (handle == NULL) {
		(void)missing(f);
		return NULL;
	}
	for (; names[0] != '\0'; names += strlen(names) + 1) {
		if ((p = dlsym(handle, names)) == NULL) {
			(void)missing(f);
			return NULL;
		}
		memcpy(at, &p, sizeof(p));
		at += sizeof(p);
	}
	return at;
}

const struct openssl *
openssl_load(struct fail *f)
{
	char *at = (char *)&table;

	if (loaded)
		return &table;
	if ((at = load(LIBCRYPTO, of_crypto, at, f)) == NULL ||
	    (at = load(LIBSSL, of_ssl, at, f)) == NULL)
		return NULL;
	/* The memory goes with the process, at once. */
	(void)table.OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
	loaded = 1;
	return &table;
}

const struct openssl *
openssl_loaded(void)
{
	return loaded ? &table : NULL;
}

int
openssl_fail(struct fail *f, int class, const char *what)
{
	const char *why = NULL;
	unsigned long code = 0;

	if (loaded) {
		code = table.ERR_get_error();
		why = ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) :
		    table.ERR_reason_error_string(code);
		table.ERR_clear_error();
	}
	if (why == NULL)
		return fail_set(f, class, "%.200s: OpenSSL error %lx", what,
		    code);
	return fail_set(f, class, "%.200s: %.200s", what, why);
}
