/* SPDX-License-Identifier: ISC */
/* A plain main() for a fuzz target: runs it over the files named as arguments,
 * and over every prefix of the short ones. */

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

int
main(int argc, char *argv[])
{
	static uint8_t data[LARGEST];
	int i;

	for (i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t n, k;

		if (file == NULL) {
			perror(argv[i]);
			return 1;
		}
		n = fread(data, 1, sizeof(data), file);
		(void)fclose(file);
		run_exact(data, n);
		for (k = 0; n <= SHORT && k < n; k++)
			run_exact(data, k);
	}
	return 0;
}
