// What the instruction sets' files give to the dispatcher.
#pragma once
#include "CNNKernels.h"

struct cnn_kernels {
    const char *name;
    /// Outputs whose weights lie side by side; the product keeps `panel` x 6 results in registers.
    int32_t panel;
    void (*product)(const cnn_product *, const cnn_map *, const cnn_map *, const cnn_map *, int32_t, int32_t);
    void (*winograd)(const cnn_winograd *, const cnn_map *, const cnn_map *, const cnn_map *, float *, int32_t, int32_t);
    void (*depthwise)(const cnn_depthwise *, const cnn_map *, const cnn_map *);
    void (*plane)(const cnn_plane_window *, const float *, const float *, float *);
    void (*plane_products)(const cnn_plane_window *, const float *, const float *, float *);
    void (*maximum)(const cnn_window *, const cnn_map *, const cnn_map *);
    void (*mean)(const cnn_window *, const cnn_map *, const cnn_map *);
    void (*whole)(const cnn_map *, float *, float *, ptrdiff_t);
    void (*sum)(const cnn_map *, const cnn_map *, const cnn_map *, int32_t);
    double (*burn)(int64_t);
    void (*scale)(const float *, const float *, float, const cnn_map *, const cnn_map *);
};

extern const struct cnn_kernels cnn_kernels_plain;
#if defined(__x86_64__)
extern const struct cnn_kernels cnn_kernels_avx2, cnn_kernels_avx512, cnn_kernels_wide;
#endif
