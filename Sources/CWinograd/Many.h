#pragma once

// Compiled for several instruction sets; the loader picks the one that fits the machine.
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define MANY __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define MANY
#endif
