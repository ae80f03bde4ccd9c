/* SPDX-License-Identifier: ISC */
/* openssl: OpenSSL 3, loaded by the first who needs it; see openssl.h. */

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "openssl.h"

/* The libraries that the headers belong to. */
#define STRING_OF(token) #token
#define LIBRARY(name, version) "lib" name ".so." STRING_OF(version)
#define LIBCRYPTO LIBRARY("crypto", OPENSSL_SHLIB_VERSION)
#define LIBSSL LIBRARY("ssl", OPENSSL_SHLIB_VERSION)

struct symbol {
	const char *name;
	size_t at; /* offset of the member of struct openssl */
};

#define SYMBOL(name) { #name, offsetof(struct openssl, name) },
static const struct symbol of_crypto[] = { OPENSSL_OF_CRYPTO(SYMBOL) };
static const struct symbol of_ssl[] = { OPENSSL_OF_SSL(SYMBOL) };
#undef SYMBOL

enum {
	OF_CRYPTO = sizeof(of_crypto) / sizeof(of_crypto[0]),
	OF_SSL = sizeof(of_ssl) / sizeof(of_ssl[0]),
};

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

static int
load(const char *library, const struct symbol *list, size_t n, struct fail *f)
{
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL), *p;
	size_t i;

	if (handle == NULL)
		return missing(f);
	for (i = 0; i < n; i++) {
		if ((p = dlsym(handle, list[i].name)) == NULL)
			return missing(f);
		memcpy((char *)&table + list[i].at, &p, sizeof(p));
	}
	return 0;
}

const struct openssl *
openssl_load(struct fail *f)
{
	if (loaded)
		return &table;
	if (load(LIBCRYPTO, of_crypto, OF_CRYPTO, f) == -1 ||
	    load(LIBSSL, of_ssl, OF_SSL, f) == -1)
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
