#include <math.h>
#include <string.h>

#include "CPixels.h"
#include "Vectors.h"

/// What a pass down the rows keeps: a few rows of each step, so that all of it stays in the nearest caches. Row y of a ring of n rows lies
/// at y mod n.
typedef struct {
    const pixels_edges *edges;
    ptrdiff_t width;
    int32_t ring;
    /// Levels, 0 without data, and 1 where there is data; rows beyond the image are 0.
    float *level, *valid;
    /// Sums down the columns, with `radius` zeros before and after.
    float *sums, *norms;
    /// The norms summed along their row too.
    float *total;
    /// Rings of three rows.
    float *smooth, *x, *y, *magnitude;
} pass;

size_t pixels_ridges_scratch(int32_t width, int32_t radius)
{
    size_t row = (size_t)width;
    return 2 * (2 * (size_t)radius + 3) * row + 2 * (row + 2 * (size_t)radius) + row + 4 * 3 * row;
}

INSIDE pass begin(const pixels_edges *edges, float *scratch)
{
    ptrdiff_t width = edges->width, radius = edges->radius;
    pass p = {.edges = edges, .width = width, .ring = 2 * edges->radius + 3};
    memset(scratch, 0, pixels_ridges_scratch(edges->width, edges->radius) * sizeof *scratch);
    p.level = scratch;
    p.valid = p.level + p.ring * width;
    p.sums = p.valid + p.ring * width;
    p.norms = p.sums + width + 2 * radius;
    p.total = p.norms + width + 2 * radius;
    p.smooth = p.total + width;
    p.x = p.smooth + 3 * width;
    p.y = p.x + 3 * width;
    p.magnitude = p.y + 3 * width;
    return p;
}

INSIDE float *row_of(float *ring, int32_t rows, int32_t y, ptrdiff_t width) { return ring + (y % rows + rows) % rows * width; }

INSIDE void load(const pass *p, int32_t y)
{
    float *level = row_of(p->level, p->ring, y, p->width), *valid = row_of(p->valid, p->ring, y, p->width);
    if (y < 0 || y >= p->edges->height) {
        memset(level, 0, (size_t)p->width * sizeof *level);
        memset(valid, 0, (size_t)p->width * sizeof *valid);
        return;
    }
    const uint8_t *levels = p->edges->levels + y * p->width;
    INDEPENDENT
    for (ptrdiff_t x = 0; x < p->width; x++) {
        level[x] = levels[x] == NO_DATA ? 0 : levels[x];
        valid[x] = levels[x] != NO_DATA;
    }
}

/// The mean of the pixels with data under the Gaussian; 0 where there is none.
INSIDE void smooth(const pass *p, int32_t y)
{
    int32_t radius = p->edges->radius;
    const float *weights = p->edges->weights;
    float *restrict sums = p->sums + radius, *restrict norms = p->norms + radius;
    const float *level = row_of(p->level, p->ring, y, p->width), *valid = row_of(p->valid, p->ring, y, p->width);
    INDEPENDENT
    for (ptrdiff_t x = 0; x < p->width; x++) {
        sums[x] = weights[0] * level[x];
        norms[x] = weights[0] * valid[x];
    }
    for (int32_t k = 1; k <= radius; k++) {
        float weight = weights[k];
        const float *above = row_of(p->level, p->ring, y - k, p->width), *below = row_of(p->level, p->ring, y + k, p->width);
        const float *clear = row_of(p->valid, p->ring, y - k, p->width), *under = row_of(p->valid, p->ring, y + k, p->width);
        INDEPENDENT
        for (ptrdiff_t x = 0; x < p->width; x++) {
            sums[x] += weight * (above[x] + below[x]);
            norms[x] += weight * (clear[x] + under[x]);
        }
    }
    float *restrict result = row_of(p->smooth, 3, y, p->width), *restrict total = p->total;
    INDEPENDENT
    for (ptrdiff_t x = 0; x < p->width; x++) {
        result[x] = weights[0] * sums[x];
        total[x] = weights[0] * norms[x];
    }
    for (int32_t k = 1; k <= radius; k++) {
        float weight = weights[k];
        INDEPENDENT
        for (ptrdiff_t x = 0; x < p->width; x++) {
            result[x] += weight * (sums[x - k] + sums[x + k]);
            total[x] += weight * (norms[x - k] + norms[x + k]);
        }
    }
    INDEPENDENT
    for (ptrdiff_t x = 0; x < p->width; x++) result[x] /= total[x] > 0 ? total[x] : 1;
}

INSIDE void gradient(const pass *p, int32_t y)
{
    float *restrict gx = row_of(p->x, 3, y, p->width), *restrict gy = row_of(p->y, 3, y, p->width);
    float *restrict magnitude = row_of(p->magnitude, 3, y, p->width);
    if (y < 1 || y + 1 >= p->edges->height) {
        memset(magnitude, 0, (size_t)p->width * sizeof *magnitude);
        return;
    }
    const float *a = row_of(p->smooth, 3, y - 1, p->width), *b = row_of(p->smooth, 3, y, p->width);
    const float *c = row_of(p->smooth, 3, y + 1, p->width);
    const float *u = row_of(p->valid, p->ring, y - 1, p->width), *v = row_of(p->valid, p->ring, y, p->width);
    const float *w = row_of(p->valid, p->ring, y + 1, p->width);
    INDEPENDENT
    for (ptrdiff_t x = 1; x + 1 < p->width; x++) {
        float seen = u[x - 1] * u[x] * u[x + 1] * v[x - 1] * v[x] * v[x + 1] * w[x - 1] * w[x] * w[x + 1];
        gx[x] = seen * ((a[x + 1] + 2 * b[x + 1] + c[x + 1]) - (a[x - 1] + 2 * b[x - 1] + c[x - 1]));
        gy[x] = seen * ((c[x - 1] + 2 * c[x] + c[x + 1]) - (a[x - 1] + 2 * a[x] + a[x + 1]));
        // The norm of OpenCV's Canny by default: the thresholds belong to it.
        magnitude[x] = fabsf(gx[x]) + fabsf(gy[x]);
    }
}

/// Non-maximum suppression. On a plateau of two the first one counts, so that an edge stays one pixel wide.
INSIDE void suppress(const pass *p, int32_t y, uint8_t *restrict ridges)
{
    const float tangent = 0.41421356f;  // of 22.5 degrees: the gradient's direction is rounded to one of four
    const float *gx = row_of(p->x, 3, y, p->width), *gy = row_of(p->y, 3, y, p->width);
    const float *up = row_of(p->magnitude, 3, y - 1, p->width), *here = row_of(p->magnitude, 3, y, p->width);
    const float *down = row_of(p->magnitude, 3, y + 1, p->width);
    float low = p->edges->low, high = p->edges->high;
    ridges[0] = ridges[p->width - 1] = 0;
    INDEPENDENT
    for (ptrdiff_t x = 1; x + 1 < p->width; x++) {
        float across = fabsf(gx[x]), along = fabsf(gy[x]), size = here[x];
        // All neighbours are read before one is chosen: choices between addresses make no vector code.
        float left = here[x - 1], right = here[x + 1], above = up[x], below = down[x];
        float upLeft = up[x - 1], upRight = up[x + 1], downLeft = down[x - 1], downRight = down[x + 1];
        int falls = gx[x] * gy[x] < 0;
        float before = falls ? upRight : upLeft, after = falls ? downLeft : downRight;
        before = across < tangent * along ? above : before;
        after = across < tangent * along ? below : after;
        before = along < tangent * across ? left : before;
        after = along < tangent * across ? right : after;
        int ridge = (size > low) & (size > before) & (size >= after);
        ridges[x] = (uint8_t)(ridge + (ridge & (size > high)));
    }
}

VECTORS void pixels_ridges(const pixels_edges *edges, int32_t from, int32_t to, float *scratch, uint8_t *ridges)
{
    pass p = begin(edges, scratch);
    int32_t loaded = from - 2 - edges->radius;
    for (int32_t y = from - 2; y < to + 2; y++) {
        while (loaded <= y + edges->radius) load(&p, loaded++);
        smooth(&p, y);
        if (y - 1 >= from - 1) gradient(&p, y - 1);
        int32_t done = y - 2;
        if (done < from) continue;
        uint8_t *row = ridges + done * p.width;
        if (done < 1 || done + 1 >= edges->height || p.width < 3)
            memset(row, 0, (size_t)p.width);
        else
            suppress(&p, done, row);
    }
}
