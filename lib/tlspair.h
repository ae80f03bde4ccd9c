/* SPDX-License-Identifier: ISC */
/*
 * tlspair: a server's certificate with its chain and its key.
 *
 * Opening and reading are two steps: files are opened while the process may,
 * and read, which needs OpenSSL, when a client asks for TLS.  Only tlsserver
 * uses it.
 */
#ifndef TLSPAIR_H
#define TLSPAIR_H

#include <sys/stat.h>

#include <openssl/ssl.h>

#include "buf.h"
#include "openssl.h"

struct tlsfile {
	const char *path; /* borrowed */
	int fd;		  /* -1: not open */
	struct stat seen;
};

struct tlspair {
	struct tlsfile certificate, key;
	X509 *x;
	EVP_PKEY *pkey;
	STACK_OF(X509) *chain;
};

/* Opens "path" for reading.  0, or -1 with EX_CONFIG: it cannot be, it is no
 * regular file, or with "secret" others than owner and group can read it. */
int tlsfile_open(struct tlsfile *file, const char *path, int secret,
    struct fail *f);

/* Reads all of it into "out": 0, or -1 with EX_CONFIG. */
int tlsfile_read(const struct tlsfile *file, struct buf *out, struct fail *f);

/* 1 where another file has its name now, or it was written to, or it is gone;
 * 0. */
int tlsfile_changed(const struct tlsfile *file);

void tlsfile_close(struct tlsfile *file);

/* Opens both; tlspair_close in any case.  A "key" of NULL is in the file of
 * the certificate.  0, or -1 with EX_CONFIG. */
int tlspair_open(struct tlspair *p, const char *certificate, const char *key,
    struct fail *f);

/* Reads them (PEM): 0, or -1 with EX_CONFIG. */
int tlspair_read(struct tlspair *p, struct fail *f);

int tlspair_changed(const struct tlspair *p);
void tlspair_close(struct tlspair *p);

#endif
