#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx2,fma"))), apply_to = function)
#define LANES 16
#define VECTORS 4
#define NAME(x) x##_avx512
#define SET "avx512"
#include "Template-Vectors.h"
#include "Template-Product.h"
#include "Template-Winograd.h"
#include "Template-Depthwise.h"
#include "Template-Pixels.h"
#pragma clang attribute pop
#endif
