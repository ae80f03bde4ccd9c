/* SPDX-License-Identifier: ISC */
/* A plain main() for a fuzz target: runs it over the files named as arguments,
 * and over every prefix of the short ones; after -a, over every prefix of each
 * and over what it is with one byte damaged. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 22, SHORT = 512 };

/* From a copy of exactly that size, so that a sanitizer sees a read past it. */
static void
run_exact(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size == 0 ? 1 : size);

	if (copy == NULL)
		abort();
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

/* Every prefix; and with "bytes" also each byte replaced by those that readers
 * take for an end, or for no text. */
static void
run_damaged(uint8_t *data, size_t size, int bytes)
{
	static const uint8_t damage[] = { '\0', 0x80, '\r', '\n' };
	size_t at, i;

	for (at = 0; at < size; at++)
		run_exact(data, at);
	for (at = 0; bytes && at < size; at++) {
		uint8_t kept = data[at];

		for (i = 0; i < sizeof(damage); i++) {
			data[at] = damage[i];
			run_exact(data, size);
		}
		data[at] = kept;
	}
}

int
main(int argc, char *argv[])
{
	static uint8_t data[LARGEST];
	int all = argc > 1 && strcmp(argv[1], "-a") == 0, i;

	for (i = 1 + all; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t n;

		if (file == NULL) {
			perror(argv[i]);
			return 1;
		}
		n = fread(data, 1, sizeof(data), file);
		(void)fclose(file);
		run_exact(data, n);
		if (all || n <= SHORT)
			run_damaged(data, n, all);
	}
	return 0;
}
