#include <float.h>
#include <math.h>

#include "CPixels.h"
#include "Vectors.h"

VECTORS size_t pixels_count_numbers(const float *values, size_t count)
{
    uint32_t numbers = 0;
    for (size_t i = 0; i < count; i++) numbers += values[i] == values[i];
    return numbers;
}

/// How many pixels of a square are `value` or more where `from` is set, otherwise how many are something else.
INSIDE size_t count(const uint8_t *pixels, size_t width, int32_t side, int from, uint8_t value)
{
    enum { LANES = 32, MOST = 255 * LANES };  // a lane of bytes counts to 255
    size_t sum = 0;
    for (int32_t y = 0; y < side; y++, pixels += width)
        for (int32_t begin = 0; begin < side; begin += MOST) {
            uint8_t lanes[LANES] = {0};
            int32_t end = side - begin < MOST ? side : begin + MOST, x = begin;
            for (; x + LANES <= end; x += LANES)
                for (int lane = 0; lane < LANES; lane++) lanes[lane] += from ? pixels[x + lane] >= value : pixels[x + lane] != value;
            for (; x < end; x++) sum += from ? pixels[x] >= value : pixels[x] != value;
            for (int lane = 0; lane < LANES; lane++) sum += lanes[lane];
        }
    return sum;
}

VECTORS size_t pixels_count(const uint8_t *pixels, size_t width, int32_t side, uint8_t absent)
{
    return count(pixels, width, side, 0, absent);
}

VECTORS size_t pixels_count_from(const uint8_t *pixels, size_t width, int32_t side, uint8_t least)
{
    return count(pixels, width, side, 1, least);
}

VECTORS void pixels_grey(const float *phase, size_t count, uint8_t *levels)
{
    const float pi = 0x1.921fb4p1f;  // Swift's Float.pi, rounded towards zero
    for (size_t i = 0; i < count; i++) {
        int finite = fabsf(phase[i]) <= FLT_MAX;
        float cycles = ((finite ? phase[i] : 0) + pi) / (2 * pi);
        // Far outside -pi...pi a float has no fraction left: any level would do.
        float bounded = fabsf(cycles) < 1e6f ? cycles : 0;
        int32_t whole = (int32_t)bounded;
        whole -= (float)whole > bounded;
        // Adding a half and cutting rounds what is positive.
        int32_t level = (int32_t)((bounded - (float)whole) * 256 + 0.5f) & 255;
        levels[i] = (uint8_t)(!finite ? NO_DATA : level == NO_DATA ? NO_DATA + 1 : level);
    }
}
