#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define VECTORS 2
#define NAME(x) x##_avx2
#define SET "avx2"
#include "Template-Vectors.h"
#include "Template-Product.h"
#include "Template-Winograd.h"
#include "Template-Depthwise.h"
#include "Template-Pixels.h"
#pragma clang attribute pop
#endif
