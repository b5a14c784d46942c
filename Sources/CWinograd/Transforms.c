#include "CWinograd.h"
#include "Many.h"
#include "Matrices.h"

enum { block = 64 };

// One matrix along one axis: to[i] = sum over k of matrix[i][k] * from[k], for `count` tiles. The matrix is known to the compiler, which
// unrolls both inner loops and leaves zeros out.
#define ALONG(matrix, outputs, inputs)                                                                                                     \
    for (long t = 0; t < count; t++) {                                                                                                     \
        float x[inputs];                                                                                                                   \
        _Pragma("clang loop unroll(full)") for (int k = 0; k < inputs; k++) x[k] = from[k * from_stride + t];                              \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < outputs; i++) {                                                             \
            float sum = 0;                                                                                                                 \
            _Pragma("clang loop unroll(full)") for (int k = 0; k < inputs; k++) if (matrix[i][k] != 0) sum += matrix[i][k] * x[k];         \
            to[i * to_stride + t] = sum;                                                                                                   \
        }                                                                                                                                  \
    }

#define TRANSFORM(matrix, outputs, inputs)                                                                                                 \
    MANY static void along_##matrix(                                                                                                       \
        const float *restrict from, long from_stride, float *restrict to, long to_stride, long count) {                                    \
        ALONG(matrix, outputs, inputs)                                                                                                     \
    }                                                                                                                                      \
    static void apply_##matrix(const float *from, long from_stride, float *to, long to_stride, long count, float *scratch) {               \
        for (long start = 0; start < count; start += block) {                                                                              \
            long some = count - start < block ? count - start : block;                                                                     \
            for (int x = 0; x < inputs; x++)                                                                                               \
                along_##matrix(from + x * from_stride + start, inputs * from_stride, scratch + x * block, inputs * block, some);           \
            for (int y = 0; y < outputs; y++)                                                                                              \
                along_##matrix(scratch + y * inputs * block, block, to + y * outputs * to_stride + start, to_stride, some);                \
        }                                                                                                                                  \
    }

TRANSFORM(input_3, 6, 6)
TRANSFORM(input_back_3, 6, 6)
TRANSFORM(output_3, 4, 6)
TRANSFORM(output_back_3, 6, 4)
TRANSFORM(kernel_3, 6, 3)
TRANSFORM(kernel_back_3, 3, 6)
TRANSFORM(input_5, 8, 8)
TRANSFORM(input_back_5, 8, 8)
TRANSFORM(output_5, 4, 8)
TRANSFORM(output_back_5, 8, 4)
TRANSFORM(kernel_5, 8, 5)
TRANSFORM(kernel_back_5, 5, 8)

typedef void (*applying)(const float *, long, float *, long, long, float *);

void winograd_apply(
    enum winograd_transform transform, int kernel, const float *from, long from_stride, float *to, long to_stride, long count,
    float *scratch) {
    static const applying three[] = {apply_input_3, apply_input_back_3, apply_output_3, apply_output_back_3, apply_kernel_3, apply_kernel_back_3};
    static const applying five[] = {apply_input_5, apply_input_back_5, apply_output_5, apply_output_back_5, apply_kernel_5, apply_kernel_back_5};
    (kernel == 5 ? five : three)[transform](from, from_stride, to, to_stride, count, scratch);
}
