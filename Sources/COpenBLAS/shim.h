#include <cblas.h>
#include <stdlib.h>

// Not in the header, and only in libraries that hold kernels for many processors: weak, so that others link as well.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

/// Whether OpenBLAS would run what this processor can: AVX2 with FMA at least.
static inline int openblas_runs_on_avx2(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 0;
#endif
}

/// The name of OpenBLAS's kernels for processors like this one, which runs AVX2.
static inline const char *openblas_kernels_for_this_processor(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
        return "SkylakeX";
#endif
    return "Haswell";
}

/// OpenBLAS begins anew with these kernels; 0 where it cannot. No product may be under way.
static inline int openblas_change_kernels(const char *name)
{
    if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit || setenv("OPENBLAS_CORETYPE", name, 1) != 0) return 0;
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    return 1;
}
