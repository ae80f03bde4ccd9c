/* SPDX-License-Identifier: ISC */
/* tlspair: a server's certificate with its key; see tlspair.h. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "limits.h"
#include "samefile.h"
#include "tlscontext.h"
#include "tlspair.h"

int
tlsfile_open(struct tlsfile *file, const char *path, int secret,
    struct fail *f)
{
	*file = (struct tlsfile){ .path = path };
	/* What could not be opened may come to be: it has changed then. */
	file->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file->fd == -1 || fstat(file->fd, &file->seen) == -1)
		return fail_errno(f, EX_CONFIG, "%.300s", path);
	if (!S_ISREG(file->seen.st_mode))
		return fail_set(f, EX_CONFIG, "%.300s: not a file", path);
	if (secret && (file->seen.st_mode & 007) != 0)
		return fail_set(f, EX_CONFIG, "%.300s: a key that others can "
		    "read or write", path);
	return 0;
}

int
tlsfile_read(const struct tlsfile *file, struct buf *out, struct fail *f)
{
	size_t size = (size_t)file->seen.st_size, n = 0;
	ssize_t got = 1;
	char *to;

	if (file->seen.st_size > LIMIT_CONF ||
	    (to = buf_room(out, size)) == NULL)
		return fail_set(f, EX_CONFIG, "%.300s: longer than %d bytes",
		    file->path, LIMIT_CONF);
	while (n < size && got != 0) {
		got = pread(file->fd, to + n, size - n, (off_t)n);
		if (got == -1 && errno != EINTR)
			return fail_errno(f, EX_CONFIG, "%.300s", file->path);
		n += got == -1 ? 0 : (size_t)got;
	}
	out->n += n;
	return 0;
}

int
tlsfile_changed(const struct tlsfile *file)
{
	const struct stat *was = &file->seen;
	struct stat st;

	if (file->path == NULL)
		return 0;
	if (stat(file->path, &st) == -1)
		return was->st_ino != 0;
	return !samefile_unwritten(&st, was);
}

void
tlsfile_close(struct tlsfile *file)
{
	if (file->path != NULL && file->fd != -1)
		(void)close(file->fd);
	file->fd = -1;
}

int
tlspair_open(struct tlspair *p, const char *certificate, const char *key,
    struct fail *f)
{
	*p = (struct tlspair){ 0 };
	if (tlsfile_open(&p->certificate, certificate, key == NULL, f) == -1)
		return -1;
	return key == NULL ? 0 : tlsfile_open(&p->key, key, 1, f);
}

/* The certificate, and those behind it that lead to an authority. */
static int
read_chain(struct tlspair *p, BIO *b, struct fail *f)
{
	const struct openssl *o = openssl_loaded();
	X509 *x;

	p->x = o->PEM_read_bio_X509(b, NULL, tlscontext_no_password, NULL);
	if (p->x == NULL)
		return tlscontext_fail(f, p->certificate.path);
	p->chain = (STACK_OF(X509) *)o->OPENSSL_sk_new_null();
	while ((x = o->PEM_read_bio_X509(b, NULL, tlscontext_no_password,
	    NULL)) != NULL)
		if (p->chain == NULL ||
		    o->OPENSSL_sk_push((OPENSSL_STACK *)p->chain, x) <= 0) {
			o->X509_free(x);
			return tlscontext_fail(f, p->certificate.path);
		}
	if (ERR_GET_REASON(o->ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return tlscontext_fail(f, p->certificate.path);
	o->ERR_clear_error();
	return 0;
}

static int
read_key(struct tlspair *p, BIO *b, struct fail *f)
{
	const struct openssl *o = openssl_loaded();

	p->pkey = o->PEM_read_bio_PrivateKey(b, NULL, tlscontext_no_password,
	    NULL);
	if (p->pkey == NULL)
		return tlscontext_fail(f, p->key.path != NULL ? p->key.path :
		    p->certificate.path);
	if (o->X509_check_private_key(p->x, p->pkey) != 1)
		return tlscontext_fail(f, p->certificate.path);
	return 0;
}

/* Gives the bytes of a file to "reader". */
static int
read_file(struct tlspair *p, const struct tlsfile *file,
    int (*reader)(struct tlspair *, BIO *, struct fail *), struct fail *f)
{
	const struct openssl *o = openssl_loaded();
	struct buf text = BUF(LIMIT_CONF);
	BIO *b = NULL;
	int rc = tlsfile_read(file, &text, f);

	o->ERR_clear_error();
	if (rc == 0 && (b = o->BIO_new_mem_buf(text.p, (int)text.n)) == NULL)
		rc = tlscontext_fail(f, file->path);
	if (rc == 0)
		rc = reader(p, b, f);
	o->BIO_free(b);
	buf_wipe(&text);
	return rc;
}

int
tlspair_read(struct tlspair *p, struct fail *f)
{
	const struct tlsfile *key = p->key.path != NULL ? &p->key :
	    &p->certificate;

	return read_file(p, &p->certificate, read_chain, f) == -1 ||
	    read_file(p, key, read_key, f) == -1 ? -1 : 0;
}

int
tlspair_changed(const struct tlspair *p)
{
	return tlsfile_changed(&p->certificate) || tlsfile_changed(&p->key);
}

void
tlspair_close(struct tlspair *p)
{
	const struct openssl *o = openssl_loaded();

	tlsfile_close(&p->certificate);
	tlsfile_close(&p->key);
	if (o == NULL)
		return;
	o->X509_free(p->x);
	o->EVP_PKEY_free(p->pkey);
	o->OPENSSL_sk_pop_free((OPENSSL_STACK *)p->chain,
	    (OPENSSL_sk_freefunc)(void (*)(void))o->X509_free);
	p->x = NULL;
	p->pkey = NULL;
	p->chain = NULL;
}
