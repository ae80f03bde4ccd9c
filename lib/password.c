/* SPDX-License-Identifier: ISC */
/* password: passwords as they are compared, and their hashes; see
 * password.h. */

#include <crypt.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "mem.h"
#include "password.h"
#include "utf8.h"

enum { SALT = 16 }; /* bytes */

/* In the place of crypt_r(3) in a program which has it: a test. */
extern __typeof__(crypt_r) password_crypt;
#pragma weak password_crypt

/* Its functions; NULL: it is not loaded. */
static struct {
	__typeof__(crypt_gensalt_rn) *gensalt;
	__typeof__(crypt_r) *crypt;
} libcrypt;

/* Unicode's general category Zs, but the space. */
static int
is_space(int32_t c)
{
	return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	    c == 0x202f || c == 0x205f || c == 0x3000;
}

int
password_prepare(struct slice typed, struct buf *out, struct fail *f)
{
	size_t before = out->n;

	if (typed.n == 0)
		return fail_set(f, EX_DATAERR, "an empty password");
	if (buf_room(out, typed.n) == NULL)
		return fail_set(f, EX_DATAERR,
		    "a password longer than %zu bytes", out->max - out->n);
	while (typed.n > 0) {
		struct slice rest = typed;
		int32_t c = utf8_next(&rest);

		if (c < 0 || utf8_unsafe(c)) {
			out->n = before;
			return fail_set(f, EX_DATAERR, c < 0 ?
			    "a password that is not UTF-8" : "a password with "
			    "a control character, or one that is not seen");
		}
		if (is_space(c))
			(void)buf_addc(out, ' ');
		else
			(void)buf_add(out, slice_sub(typed, 0,
			    typed.n - rest.n));
		typed = rest;
	}
	return 0;
}

/* What dlsym has is no function to ISO C. */
static int
find(void *handle, const char *name, void *function)
{
	void *p = handle == NULL ? NULL : dlsym(handle, name);

	memcpy(function, &p, sizeof(p));
	return p != NULL;
}

int
password_load(struct fail *f)
{
	/* libxcrypt with what old programs need, without, and a C library that
	 * has them itself. */
	static const char *const names[] = { "libcrypt.so.1", "libcrypt.so.2",
		NULL };
	void *handle;
	size_t i;

	if (libcrypt.crypt != NULL)
		return 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
		if (find(handle, "crypt_gensalt_rn", &libcrypt.gensalt) &&
		    find(handle, "crypt_r", &libcrypt.crypt)) {
			if (password_crypt != NULL)
				libcrypt.crypt = password_crypt;
			return 0;
		}
	}
	return fail_set(f, EX_UNAVAILABLE,
	    "passwords need libxcrypt (package libcrypt1): %.300s", dlerror());
}

int
password_hash(struct slice password, char out[PASSWORD_HASH], struct fail *f)
{
	struct crypt_data *data = mem_alloc(sizeof(*data));
	char salt[SALT], setting[CRYPT_GENSALT_OUTPUT_SIZE];
	char *text = mem_str(password);
	const char *hash = NULL;
	int rc = -1;

	if (password_load(f) == -1 ||
	    digest_random(salt, sizeof(salt), f) == -1)
		goto out;
	if (libcrypt.gensalt("$y$", 0, salt, sizeof(salt), setting,
	    sizeof(setting)) != NULL)
		hash = libcrypt.crypt(text, setting, data);
	if (hash == NULL || hash[0] == '*')
		(void)fail_errno(f, EX_SOFTWARE, "yescrypt");
	else
		rc = snprintf(out, PASSWORD_HASH, "%s", hash) < PASSWORD_HASH ?
		    0 : fail_set(f, EX_SOFTWARE, "yescrypt: a long hash");
out:
	explicit_bzero(text, password.n);
	explicit_bzero(data, sizeof(*data));
	free(text);
	free(data);
	return rc;
}

struct slice
password_nobody(void)
{
	return SLICE("$y$j9T$h3KOg/LOkJ46ixaMjFKSV.$");
}

/* Both without a NUL in them. */
static int
is_hash_of(struct slice password, struct slice hash)
{
	struct crypt_data *data = mem_alloc(sizeof(*data));
	char *text = mem_str(password), *setting = mem_str(hash);
	const char *made = libcrypt.crypt(text, setting, data);
	int same = made != NULL && made[0] != '*' &&
	    digest_equal(slice_str(made), hash);

	explicit_bzero(text, password.n);
	explicit_bzero(data, sizeof(*data));
	free(text);
	free(setting);
	free(data);
	return same;
}

int
password_matches(struct slice password, struct slice hash)
{
	struct buf prepared = BUF(PASSWORD_LONGEST);
	struct fail ignored;
	int same;

	if (password_load(&ignored) == -1 || password.n > PASSWORD_LONGEST ||
	    slice_find(password, '\0') < password.n ||
	    slice_find(hash, '\0') < hash.n)
		return 0;
	same = is_hash_of(password, hash);
	if (!same && password_prepare(password, &prepared, &ignored) == 0 &&
	    !slice_eq(buf_slice(&prepared), password))
		same = is_hash_of(buf_slice(&prepared), hash);
	buf_wipe(&prepared);
	return same;
}
