#include "CWinograd.h"

#include <string.h>

#include "Many.h"

typedef float eight __attribute__((vector_size(32)));
typedef float four __attribute__((vector_size(16)));
typedef float eight_anywhere __attribute__((vector_size(32), aligned(4), may_alias));

// Macros, since a function that takes or returns such a vector would need the instruction set of each of its callers.
#define LOAD8(from) (*(const eight_anywhere *)(from))
#define STORE8(to, value) (*(eight_anywhere *)(to) = (value))

/// Rows become columns, of 8 x 8.
static inline __attribute__((always_inline)) void turn(eight r[8]) {
    eight a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int j = 0; j < 2; j++) {
            b[i + j] = __builtin_shufflevector(a[i + j], a[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + j + 2] = __builtin_shufflevector(a[i + j], a[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int j = 0; j < 4; j++) {
        r[j] = __builtin_shufflevector(b[j], b[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        r[j + 4] = __builtin_shufflevector(b[j], b[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/// Maps with a margin, so that every tile lies inside: lines of the padded map, and floats of one.
static long padded_width(const struct winograd_grid *grid) { return 4 * grid->columns + grid->size; }
static long padded_count(const struct winograd_grid *grid) { return padded_width(grid) * (4 * grid->rows + grid->size - 4); }

long winograd_padded_count(const struct winograd_grid *grid, long items) { return 4 * (padded_count(grid) * items + 8); }

static long least(long a, long b) { return a < b ? a : b; }

/// Where the next tiles begin in the padded maps.
struct cursor {
    long item, row, column;
};

static inline long next(struct cursor *at, const struct winograd_grid *grid) {
    const long offset = at->item * padded_count(grid) + 4 * at->row * padded_width(grid) + 4 * at->column;
    if (++at->column == grid->columns) {
        at->column = 0;
        if (++at->row == grid->rows) at->row = 0, at->item++;
    }
    return offset;
}

static inline __attribute__((always_inline)) void cut(
    const float *padded, const struct winograd_grid *grid, long count, float *to, long stride, const long size) {
    struct cursor at = {0, 0, 0};
    const long width = padded_width(grid);
    for (long tile = 0; tile < count; tile += 8) {
        const float *begin[8];
        for (int i = 0; i < 8; i++) begin[i] = padded + (tile + i < count ? next(&at, grid) : 0);
        for (long y = 0; y < size; y++) {
            eight rows[8];
            for (int i = 0; i < 8; i++) rows[i] = LOAD8(begin[i] + y * width);
            turn(rows);
            for (long x = 0; x < size; x++) STORE8(to + (y * size + x) * stride + tile, rows[x]);
        }
    }
}

MANY void winograd_cut(
    const float *maps, long item_stride, long items, const struct winograd_grid *grid, float *to, long stride, float *padded) {
    const long width = padded_width(grid), total = padded_count(grid), count = items * grid->rows * grid->columns;
    memset(padded, 0, sizeof(float) * (total * items + 8));
    const long height = least(grid->height, total / width - grid->padding_y);
    const long line = least(grid->width, width - grid->padding_x);
    for (long item = 0; item < items; item++)
        for (long y = 0; y < height; y++) {
            const float *source = maps + item * item_stride + y * grid->width;
            float *target = padded + item * total + (y + grid->padding_y) * width + grid->padding_x;
            for (long x = 0; x < line; x++) target[x] = source[x];
        }
    switch (grid->size) {
    case 4: return cut(padded, grid, count, to, stride, 4);
    case 6: return cut(padded, grid, count, to, stride, 6);
    default: return cut(padded, grid, count, to, stride, 8);
    }
}

MANY void winograd_lay(
    const float *tiles, long stride, long items, const struct winograd_grid *grid, float offset, float *maps, long item_stride, float *padded) {
    struct cursor at = {0, 0, 0};
    const long width = padded_width(grid), total = padded_count(grid), count = items * grid->rows * grid->columns;
    for (long tile = 0; tile < count; tile += 8) {
        float *begin[8];
        const long some = least(8, count - tile);
        for (int i = 0; i < some; i++) begin[i] = padded + next(&at, grid);
        for (long y = 0; y < 4; y++) {
            eight rows[8] = {};
            for (long x = 0; x < 4; x++) rows[x] = LOAD8(tiles + (y * 4 + x) * stride + tile) + offset;
            turn(rows);
            for (int i = 0; i < some; i++) memcpy(begin[i] + y * width, &rows[i], sizeof(four));
        }
    }
    for (long item = 0; item < items; item++)
        for (long y = 0; y < grid->height; y++) {
            const float *source = padded + item * total + y * width;
            float *target = maps + item * item_stride + y * grid->width;
            for (long x = 0; x < grid->width; x++) target[x] = source[x];
        }
}

/// Tiles overlap those beside them only, so every second one along each axis goes to a copy of its own: plain stores, where adding up in
/// place would make each load wait for the store before it.
static inline __attribute__((always_inline)) void spread(
    const float *tiles, long stride, const struct winograd_grid *grid, long count, float *padded, long copy, const long size) {
    struct cursor at = {0, 0, 0};
    const long width = padded_width(grid);
    for (long tile = 0; tile < count; tile += 8) {
        float *begin[8];
        const long some = least(8, count - tile);
        for (int i = 0; i < some; i++) {
            const long which = (at.row & 1) * 2 + (at.column & 1);
            begin[i] = padded + which * copy + next(&at, grid);
        }
        for (long y = 0; y < size; y++) {
            eight rows[8] = {};
            for (long x = 0; x < size; x++) rows[x] = LOAD8(tiles + (y * size + x) * stride + tile);
            turn(rows);
            for (int i = 0; i < some; i++) STORE8(begin[i] + y * width, rows[i]);
        }
    }
}

MANY void winograd_add(
    const float *tiles, long stride, long items, const struct winograd_grid *grid, int adding, float *maps, long item_stride, float *padded) {
    const long width = padded_width(grid), total = padded_count(grid), count = items * grid->rows * grid->columns;
    const long copy = total * items + 8;
    memset(padded, 0, sizeof(float) * 4 * copy);
    if (grid->size == 8) spread(tiles, stride, grid, count, padded, copy, 8);
    else spread(tiles, stride, grid, count, padded, copy, 6);
    // Pixels that no tile reached have no gradient from here.
    const long height = least(grid->height, total / width - grid->padding_y);
    const long line = least(grid->width, width - grid->padding_x);
    for (long item = 0; item < items; item++)
        for (long y = 0; y < grid->height; y++) {
            const float *source = padded + item * total + (y + grid->padding_y) * width + grid->padding_x;
            float *target = maps + item * item_stride + y * grid->width;
            const long some = y < height ? line : 0;
            for (long x = 0; x < some; x++) {
                const float sum = (source[x] + source[x + copy]) + (source[x + 2 * copy] + source[x + 3 * copy]);
                target[x] = sum + (adding ? target[x] : 0);
            }
            if (!adding)
                for (long x = some; x < grid->width; x++) target[x] = 0;
        }
}
