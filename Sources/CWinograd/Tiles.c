#include "CWinograd.h"

static long least(long a, long b) { return a < b ? a : b; }

void winograd_cut(const float *map, const struct winograd_grid *grid, float *to, long stride) {
    const long size = grid->size;
    for (long row = 0; row < grid->rows; row++) {
        for (long y = 0; y < size; y++) {
            const long from_y = 4 * row + y - grid->padding_y;
            float *target = to + y * size * stride + row * grid->columns;
            if (from_y < 0 || from_y >= grid->height) {
                for (long x = 0; x < size; x++)
                    for (long column = 0; column < grid->columns; column++) target[x * stride + column] = 0;
                continue;
            }
            const float *source = map + from_y * grid->width;
            for (long column = 0; column < grid->columns; column++) {
                const long begin = 4 * column - grid->padding_x;
                float *tile = target + column;
                if (begin >= 0 && begin + size <= grid->width) {
                    for (long x = 0; x < size; x++) tile[x * stride] = source[begin + x];
                } else {
                    for (long x = 0; x < size; x++) {
                        const long from_x = begin + x;
                        tile[x * stride] = from_x >= 0 && from_x < grid->width ? source[from_x] : 0;
                    }
                }
            }
        }
    }
}

void winograd_lay(const float *tiles, long stride, const struct winograd_grid *grid, float offset, float *map) {
    const long size = grid->size;
    for (long row = 0; row < grid->rows; row++) {
        const long height = least(size, grid->height - 4 * row);
        for (long y = 0; y < height; y++) {
            float *target = map + (4 * row + y) * grid->width;
            const float *source = tiles + y * size * stride + row * grid->columns;
            for (long column = 0; column < grid->columns; column++) {
                const long width = least(size, grid->width - 4 * column);
                for (long x = 0; x < width; x++) target[4 * column + x] = source[x * stride + column] + offset;
            }
        }
    }
}

void winograd_add(const float *tiles, long stride, const struct winograd_grid *grid, float *map) {
    const long size = grid->size;
    for (long row = 0; row < grid->rows; row++) {
        for (long y = 0; y < size; y++) {
            const long to_y = 4 * row + y - grid->padding_y;
            if (to_y < 0 || to_y >= grid->height) continue;
            float *target = map + to_y * grid->width;
            const float *source = tiles + y * size * stride + row * grid->columns;
            for (long column = 0; column < grid->columns; column++) {
                const long begin = 4 * column - grid->padding_x;
                for (long x = 0; x < size; x++)
                    if (begin + x >= 0 && begin + x < grid->width) target[begin + x] += source[x * stride + column];
            }
        }
    }
}
