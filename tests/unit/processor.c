/* SPDX-License-Identifier: ISC */
/* Unit test of processor: it knows what the system tells of the processor. */

#include "processor.h"
#include "unit.h"

static char told[16384]; /* the "flags" of the first processor, " avx2 " */

static void
read_flags(void)
{
	FILE *in = fopen("/proc/cpuinfo", "r");
	char line[sizeof(told)] = "";

	while (in != NULL && fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, "flags", 5) == 0) {
			line[strcspn(line, "\n")] = ' ';
			memcpy(told, line, sizeof(told));
			break;
		}
	if (in != NULL)
		(void)fclose(in);
}

static void
as_told(void)
{
	read_flags();
#if defined(__x86_64__) && defined(__GLIBC__)
	CHECK(told[0] != '\0');
#endif
	CHECK_INT(PROCESSOR_HAS(SSSE3), strstr(told, " ssse3 ") != NULL);
	CHECK_INT(PROCESSOR_HAS(AVX2), strstr(told, " avx2 ") != NULL);
}

int
main(void)
{
	RUN(as_told);
	return unit_done();
}
