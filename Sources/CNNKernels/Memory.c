#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <malloc.h>
#include <sys/mman.h>
#endif
#include "CNNKernels.h"

float *cnn_allocate(size_t count)
{
    const size_t large = 2 << 20;
    size_t unit = count * sizeof(float) >= large ? large : 64;
    size_t bytes = (count * sizeof(float) + unit - 1) / unit * unit;
    if (bytes == 0) bytes = unit;
    float *values = aligned_alloc(unit, bytes);
    if (!values) return NULL;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    // Weights are read from end to end: fewer, larger pages. Where there are none, small ones do.
    if (unit == large) madvise(values, bytes, MADV_HUGEPAGE);
#endif
    memset(values, 0, bytes);
    return values;
}

void cnn_free(float *values) { free(values); }

void cnn_keep_freed_memory(void)
{
#if defined(__GLIBC__)
    // Blocks from 32 MiB on, the most that can be said here, go back all the same.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}
