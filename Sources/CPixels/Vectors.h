#pragma once

// One version of a function for each instruction set. Only AVX2, no fused multiplication: results stay the same everywhere.
#if defined(__x86_64__) && defined(__linux__)
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif
// Goes into the version that calls it.
#define INSIDE static inline __attribute__((always_inline))

// Before a loop whose turns do not read what others write, which the compiler cannot see of rows in one block of memory.
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT
#endif

#pragma STDC FP_CONTRACT OFF

#define NO_DATA 128
