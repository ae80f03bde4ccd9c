/* SPDX-License-Identifier: ISC */
/*
 * processor: PROCESSOR_HAS(AVX2), of this processor and of the system, for its
 * registers, as the C library knows it: 1, or 0, also where it does not say.
 * The compiler's own way asks the processor at each start of each program,
 * which a virtual one is slow to answer.
 */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <limits.h> /* and with it __GLIBC__ */

#if defined(__x86_64__) && defined(__GLIBC__)
#include <sys/platform/x86.h>
#define PROCESSOR_HAS(feature) (CPU_FEATURE_ACTIVE(feature) != 0)
#else
#define PROCESSOR_HAS(feature) 0
#endif

#endif
