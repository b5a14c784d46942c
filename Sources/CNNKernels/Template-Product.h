// The product of a cnn_product: panels of outputs by blocks of pixels, six pixels at a time.

enum {
    /// The first group of runs: results begin with the bias. The last one: addend and ReLU follow.
    first_group = 1,
    last_group = 2,
};

/// `rows` x `vectors` results over one group of runs; both are constants wherever this is inlined.
///
/// Weights that are used for few pixels come from memory as fast as they are multiplied: `ahead`, this tile's part of the next
/// panel, is fetched into the second cache meanwhile, `step` floats with each value.
INLINE void tile(
    const int rows, const int vectors, const cnn_product *p, const float *const *in, float *const *out, const float *const *addend,
    int column, const float *w, const ptrdiff_t *runs, int when, const float *ahead, ptrdiff_t step)
{
    vector sum[ROWS][VECTORS];
    for (int v = 0; v < vectors; v++) {
        vector begin = {0};
        if (when & first_group && p->bias) begin = load(p->bias + column + v * LANES);
        for (int r = 0; r < rows; r++) sum[r][v] = when & first_group ? begin : load(out[r] + column + v * LANES);
    }
    for (int s = 0; s < p->group; s++) {
        const float *from[ROWS];
        for (int r = 0; r < rows; r++) from[r] = in[r] + runs[s];
        for (ptrdiff_t k = 0; k < p->run_length; k++, w += vectors * LANES) {
            vector weights[VECTORS];
            for (int v = 0; v < vectors; v++) weights[v] = load(w + v * LANES);
            for (int line = 0; line < (PANEL + 31) / 32; line++) __builtin_prefetch(ahead + line * 16, 0, 2);
            ahead += step;
            for (int r = 0; r < rows; r++) {
                vector value = splat(from[r][k]);
                for (int v = 0; v < vectors; v++) sum[r][v] += value * weights[v];
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < vectors; v++) {
            vector result = sum[r][v];
            if (when & last_group) {
                if (addend) result += load(addend[r] + column + v * LANES);
                if (p->relu) result = greater((vector){0}, result);
            }
            store(out[r] + column + v * LANES, result);
        }
    }
}

typedef void tile_function(
    const cnn_product *, const float *const *, float *const *, const float *const *, int, const float *, const ptrdiff_t *, int,
    const float *, ptrdiff_t);

#define TILE(R, N)                                                                                                                  \
    static void NAME(tile_##R##x##N)(                                                                                               \
        const cnn_product *p, const float *const *in, float *const *out, const float *const *addend, int column, const float *w,    \
        const ptrdiff_t *runs, int when, const float *ahead, ptrdiff_t step)                                                        \
    {                                                                                                                               \
        tile(R, N, p, in, out, addend, column, w, runs, when, ahead, step);                                                         \
    }
#define TILES(N) TILE(1, N) TILE(2, N) TILE(3, N) TILE(4, N) TILE(5, N) TILE(6, N)
#define TABLE(N) {NAME(tile_1x##N), NAME(tile_2x##N), NAME(tile_3x##N), NAME(tile_4x##N), NAME(tile_5x##N), NAME(tile_6x##N)}
#if VECTORS == 2
TILES(1) TILES(2)
static tile_function *const NAME(tiles)[VECTORS][ROWS] = {TABLE(1), TABLE(2)};
#elif VECTORS == 4
TILES(1) TILES(2) TILES(3) TILES(4)
static tile_function *const NAME(tiles)[VECTORS][ROWS] = {TABLE(1), TABLE(2), TABLE(3), TABLE(4)};
#endif

/// A block of pixels, few enough that what they read of one group stays in the second cache, by all panels of from..<to.
INLINE void product_block(
    const cnn_product *p, const float *const *in, float *const *out, const float *const *addend, int count, int from, int to)
{
    int groups = p->run_count / p->group, tiles = (count + ROWS - 1) / ROWS;
    ptrdiff_t depth = (ptrdiff_t)p->group * p->run_length;
    for (int g = 0; g < groups; g++) {
        int when = (g == 0 ? first_group : 0) | (g == groups - 1 ? last_group : 0);
        const float *weights = p->weights + g * depth * p->outputs;
        for (int column = from; column < to; column += PANEL) {
            int vectors = (to - column < PANEL ? to - column : PANEL) / LANES;
            const float *panel = weights + column * depth, *ahead = panel + vectors * LANES * depth;
            ptrdiff_t step = vectors * LANES / tiles + 1;
            if (tiles == 1) ahead = panel + 4096, step = vectors * LANES;
            for (int t = 0; t < tiles; t++) {
                // Tiles of nearly equal height: a last one of a single row would wait for its sums.
                int begin = count * t / tiles, rows = count * (t + 1) / tiles - begin;
                NAME(tiles)[vectors - 1][rows - 1](
                    p, in + begin, out + begin, addend ? addend + begin : NULL, column, panel, p->runs + g * p->group, when,
                    ahead + t * step * depth, step);
            }
        }
    }
}

static void NAME(product)(
    const cnn_product *p, const cnn_map *input, const cnn_map *output, const cnn_map *addend, int32_t from, int32_t to)
{
    enum { most = 96 };
    const float *in[most], *add[most];
    float *out[most];
    ptrdiff_t pixels = (ptrdiff_t)output->items * output->height * output->width;
    ptrdiff_t blocks = (pixels + most - 1) / most, done = 0;
    int item = 0, y = 0, x = 0;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        int count = (int)((pixels - done + blocks - b - 1) / (blocks - b));
        count = (count + ROWS - 1) / ROWS * ROWS;
        if (count > pixels - done) count = (int)(pixels - done);
        for (int r = 0; r < count; r++) {
            in[r] = pixel_of(input, item, y, x);
            out[r] = pixel_of(output, item, y, x);
            if (addend) add[r] = pixel_of(addend, item, y, x);
            if (++x == output->width) {
                x = 0;
                if (++y == output->height) y = 0, item++;
            }
        }
        product_block(p, in, out, addend ? add : NULL, count, from, to);
        done += count;
    }
}
