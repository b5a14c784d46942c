#include <string.h>

#include "CPixels.h"
#include "Vectors.h"

enum { LANES = 16 };
typedef uint8_t bytes __attribute__((vector_size(LANES)));

/// The sums of the first lane, the first two, ... of all.
INSIDE bytes running_sums(bytes v)
{
    const bytes none = {0};
    v += __builtin_shufflevector(none, v, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    v += __builtin_shufflevector(none, v, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
    v += __builtin_shufflevector(none, v, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27);
    v += __builtin_shufflevector(none, v, 0, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23);
    return v;
}

VECTORS void pixels_sum_differences(uint8_t *row, size_t count, uint32_t *bits)
{
    size_t length = 4 * count, i = 0;
    bytes carry = {0};
    for (; i + LANES <= length; i += LANES) {
        bytes v;
        memcpy(&v, row + i, LANES);
        v = running_sums(v);
        bytes sums = v + carry;
        memcpy(row + i, &sums, LANES);
        // Not of `sums`: the next turn waits for one addition only.
        carry += __builtin_shufflevector(v, v, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15);
    }
    for (uint8_t last = carry[0]; i < length; i++) row[i] = last += row[i];
    const uint8_t *high = row, *upper = row + count, *lower = row + 2 * count, *low = row + 3 * count;
    for (size_t x = 0; x < count; x++)
        bits[x] = (uint32_t)high[x] << 24 | (uint32_t)upper[x] << 16 | (uint32_t)lower[x] << 8 | low[x];
}
