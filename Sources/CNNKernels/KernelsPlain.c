// SSE2 on x86-64, NEON on 64-bit Arm (with its 32 registers): what every such processor has.
#define LANES 4
#if defined(__aarch64__)
#define VECTORS 4
#else
#define VECTORS 2
#endif
#define NAME(x) x##_plain
#define SET "plain"
#include "Template-Vectors.h"
#include "Template-Product.h"
#include "Template-Winograd.h"
#include "Template-Depthwise.h"
#include "Template-Pixels.h"
