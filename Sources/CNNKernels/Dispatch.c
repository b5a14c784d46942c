#include <string.h>
#include "Kernels.h"

/// Whether this processor, and its operating system, has what the kernels were compiled for.
static int runs(const cnn_kernels *kernels)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (kernels == &cnn_kernels_avx2 || kernels == &cnn_kernels_wide) return avx2;
    if (kernels == &cnn_kernels_avx512) return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
#endif
    return kernels == &cnn_kernels_plain;
}

/// The fastest first.
static const cnn_kernels *const sets[] = {
#if defined(__x86_64__)
    &cnn_kernels_avx512, &cnn_kernels_avx2,
#endif
    &cnn_kernels_plain,
#if defined(__x86_64__)
    &cnn_kernels_wide,
#endif
};
enum { set_count = sizeof sets / sizeof *sets };

const cnn_kernels *cnn_kernels_named(const char *name)
{
    for (int i = 0; i < set_count; i++)
        if (strcmp(sets[i]->name, name) == 0) return runs(sets[i]) ? sets[i] : NULL;
    return NULL;
}

const cnn_kernels *cnn_kernels_best(void)
{
    for (int i = 0; i < set_count; i++)
        if (runs(sets[i])) return sets[i];
    return &cnn_kernels_plain;
}

const char *cnn_kernels_name(const cnn_kernels *kernels) { return kernels->name; }
int32_t cnn_panel(const cnn_kernels *kernels) { return kernels->panel; }

void cnn_run_product(
    const cnn_kernels *kernels, const cnn_product *product, const cnn_map *input, const cnn_map *output, const cnn_map *addend,
    int32_t from, int32_t to)
{
    kernels->product(product, input, output, addend, from, to);
}

void cnn_run_winograd(
    const cnn_kernels *kernels, const cnn_winograd *winograd, const cnn_map *input, const cnn_map *output, const cnn_map *addend,
    float *scratch, int32_t from, int32_t to)
{
    kernels->winograd(winograd, input, output, addend, scratch, from, to);
}

void cnn_run_depthwise(const cnn_kernels *kernels, const cnn_depthwise *depthwise, const cnn_map *input, const cnn_map *output)
{
    kernels->depthwise(depthwise, input, output);
}

void cnn_run_plane(
    const cnn_kernels *kernels, const cnn_plane_window *window, const float *weights, const float *input, float *output)
{
    kernels->plane(window, weights, input, output);
}

void cnn_add_plane_products(
    const cnn_kernels *kernels, const cnn_plane_window *window, const float *input, const float *gradient, float *sums)
{
    kernels->plane_products(window, input, gradient, sums);
}

void cnn_run_maximum(const cnn_kernels *kernels, const cnn_window *window, const cnn_map *input, const cnn_map *output)
{
    kernels->maximum(window, input, output);
}

void cnn_run_mean(const cnn_kernels *kernels, const cnn_window *window, const cnn_map *input, const cnn_map *output)
{
    kernels->mean(window, input, output);
}

void cnn_run_whole(const cnn_kernels *kernels, const cnn_map *input, float *mean, float *greatest, ptrdiff_t stride)
{
    kernels->whole(input, mean, greatest, stride);
}

void cnn_run_sum(const cnn_kernels *kernels, const cnn_map *a, const cnn_map *b, const cnn_map *output, int32_t relu)
{
    kernels->sum(a, b, output, relu);
}

void cnn_run_scale(
    const cnn_kernels *kernels, const float *scale, const float *shift, float low, const cnn_map *input, const cnn_map *output)
{
    kernels->scale(scale, shift, low, input, output);
}

double cnn_burn(const cnn_kernels *kernels, int64_t rounds) { return kernels->burn(rounds); }

void cnn_triad(float *a, const float *b, const float *c, size_t count)
{
    for (size_t i = 0; i < count; i++) a[i] = b[i] + 3 * c[i];
}
