#include <math.h>

#include "CPixels.h"
#include "Vectors.h"

VECTORS void pixels_add_patch(
    const float *profile, int32_t side, int32_t from, int32_t to, float share, float probability, size_t width, float *weighted,
    float *weights)
{
    weighted += width * (size_t)from;
    weights += width * (size_t)from;
    for (int32_t y = from; y < to; y++, weighted += width, weights += width) {
        float factor = profile[y] * share;
        for (int32_t x = 0; x < side; x++) {
            float weight = factor * profile[x];
            weights[x] += weight;
            weighted[x] += weight * probability;
        }
    }
}

/// 0 of nothing; NaN does not count. Sixteen chains of comparisons, for a single one would wait for itself.
INSIDE float greatest(const float *values, size_t count)
{
    float lanes[16] = {0};
    size_t whole = count / 16 * 16;
    for (size_t i = 0; i < whole; i += 16)
        for (int lane = 0; lane < 16; lane++) lanes[lane] = values[i + lane] > lanes[lane] ? values[i + lane] : lanes[lane];
    for (size_t i = whole; i < count; i++) lanes[0] = values[i] > lanes[0] ? values[i] : lanes[0];
    for (int lane = 1; lane < 16; lane++) lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
    return lanes[0];
}

INSIDE void probability(const float *weighted, const float *weights, const uint8_t *levels, size_t count, float *restrict result)
{
    for (size_t i = 0; i < count; i++) {
        int known = (weights[i] > 0) & (levels[i] != NO_DATA);
        float value = weighted[i] / (weights[i] > 0 ? weights[i] : 1);
        result[i] = known ? value : NAN;
    }
}

VECTORS float pixels_probability(
    const float *weighted, const float *weights, const uint8_t *levels, size_t image_width, size_t width, size_t from, size_t to, float *result)
{
    for (size_t y = from; y < to; y++)
        probability(weighted + y * image_width, weights + y * image_width, levels + y * image_width, width, result + y * width);
    return greatest(result + from * width, (to - from) * width);
}

VECTORS void pixels_support(const float *weighted, const float *weights, size_t count, float *restrict result)
{
    float half = greatest(weights, count) / 2;
    for (size_t i = 0; i < count; i++) {
        float value = weighted[i] / (weights[i] > 0 ? weights[i] + half : 1);
        result[i] = weights[i] > 0 ? value : 0;
    }
}

VECTORS ptrdiff_t pixels_peak(const float *values, const uint8_t *levels, size_t count)
{
    float lanes[16] = {0}, most = 0;
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        for (int lane = 0; lane < 16; lane++) {
            float value = levels[i + lane] != NO_DATA ? values[i + lane] : 0;
            lanes[lane] = value > lanes[lane] ? value : lanes[lane];
        }
    for (; i < count; i++) lanes[0] = levels[i] != NO_DATA && values[i] > lanes[0] ? values[i] : lanes[0];
    for (int lane = 0; lane < 16; lane++) most = lanes[lane] > most ? lanes[lane] : most;
    if (most > 0)
        for (i = 0; i < count; i++)
            if (values[i] == most && levels[i] != NO_DATA) return (ptrdiff_t)i;
    return -1;
}
