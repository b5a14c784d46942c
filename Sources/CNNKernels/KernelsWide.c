// The 16-lane code for processors without AVX-512: slow, there to be tested.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
// A 16-lane function is inlined or static here: none crosses a boundary where its registers would matter.
#pragma clang diagnostic ignored "-Wpsabi"
#define LANES 16
#define VECTORS 4
#define NAME(x) x##_wide
#define SET "wide"
#include "Template-Vectors.h"
#include "Template-Product.h"
#include "Template-Winograd.h"
#include "Template-Depthwise.h"
#include "Template-Pixels.h"
#pragma clang attribute pop
#endif
