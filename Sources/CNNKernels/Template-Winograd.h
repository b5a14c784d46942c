// A cnn_winograd: blocks of the input are transformed, each point's values multiplied by its weights, the products transformed
// back. Vectors run along the channels.

/// The sum of `count` vectors in[k * step] times their coefficients, which are constants wherever this is inlined, so that zeros vanish.
INLINE vector combine(const float *coefficients, int count, const vector *in, int step)
{
    vector sum = {0};
    int any = 0;
#pragma clang loop unroll(full)
    for (int k = 0; k < count; k++) {
        float c = coefficients[k];
        if (c == 0) continue;
        if (c == 1) sum = any ? sum + in[k * step] : in[k * step];
        else if (c == -1) sum = any ? sum - in[k * step] : -in[k * step];
        else sum = any ? sum + c * in[k * step] : c * in[k * step];
        any = 1;
    }
    return sum;
}

INLINE void input_line(const winograd_points *points, const vector *in, int step, vector *out, int out_step)
{
    int n = points->count;
    out[0] = combine(points->zero, n, in, step);
#pragma clang loop unroll(full)
    for (int p = 0; p < points->pairs; p++) {
        vector even = combine(points->even[p], n, in, step), odd = combine(points->odd[p], n, in, step);
        out[(1 + 2 * p) * out_step] = even + odd;
        out[(2 + 2 * p) * out_step] = even - odd;
    }
    if (points->singles) out[(n - 2) * out_step] = combine(points->single, n, in, step);
    out[(n - 1) * out_step] = combine(points->infinity, n, in, step);
}

/// One vector for each point -> `size` results: the values of x^j at the points, summed.
INLINE void output_line(const winograd_points *points, const int size, const vector *in, int step, vector *out, int out_step)
{
    int n = points->count;
    vector even[most_pairs], odd[most_pairs];
#pragma clang loop unroll(full)
    for (int p = 0; p < points->pairs; p++) {
        even[p] = in[(1 + 2 * p) * step] + in[(2 + 2 * p) * step];
        odd[p] = in[(1 + 2 * p) * step] - in[(2 + 2 * p) * step];
    }
    float power[most_pairs + 1] = {1, 1, 1, 1};
#pragma clang loop unroll(full)
    for (int j = 0; j < size; j++) {
        vector sum = j == 0 ? in[0] : (vector){0};
        if (j == size - 1) sum += in[(n - 1) * step];
#pragma clang loop unroll(full)
        for (int p = 0; p < points->pairs; p++) {
            sum += power[p] * (j % 2 ? odd[p] : even[p]);
            power[p] *= points->pair[p];
        }
        if (points->singles) {
            sum += power[most_pairs] * in[(n - 2) * step];
            power[most_pairs] *= points->single_point;
        }
        out[j * out_step] = sum;
    }
}

/// Blocks first..<first + count of the input -> to[point][block][channel], points `stride` floats apart.
INLINE void transform_input(
    const winograd_points *points, int tile, const cnn_map *input, const cnn_map *output, int channels, int first, int count, float *to, ptrdiff_t stride)
{
    const int n = points->count;
    int columns = (output->width + tile - 1) / tile, rows = (output->height + tile - 1) / tile;
    for (int b = 0; b < count; b++) {
        int index = first + b, item = index / (rows * columns), y = index / columns % rows, x = index % columns;
        const float *corner = pixel_of(input, item, y * tile, x * tile);
        for (int c = 0; c < channels; c += LANES) {
            vector middle[most_points * most_points];
            for (int i = 0; i < n; i++) {
                vector line[most_points];
#pragma clang loop unroll(full)
                for (int j = 0; j < n; j++) line[j] = load(corner + i * input->row + j * input->pixel + c);
                input_line(points, line, 1, middle + i * n, 1);
            }
            float *target = to + (ptrdiff_t)b * channels + c;
            for (int j = 0; j < n; j++) {
                vector line[most_points];
                input_line(points, middle + j, n, line, 1);
#pragma clang loop unroll(full)
                for (int i = 0; i < n; i++) store(target + (i * n + j) * stride, line[i]);
            }
        }
    }
}

/// from[point][block][output] -> outputs column..<column + width of the blocks' pixels, with bias, addend and ReLU.
INLINE void transform_output(
    const winograd_points *points, const int tile, const cnn_winograd *w, const float *from, ptrdiff_t stride, int width, int column, int first,
    int count, const cnn_map *output, const cnn_map *addend)
{
    const int n = points->count;
    int columns = (output->width + tile - 1) / tile, rows = (output->height + tile - 1) / tile;
    for (int b = 0; b < count; b++) {
        int index = first + b, item = index / (rows * columns), y = index / columns % rows * tile, x = index % columns * tile;
        int height = output->height - y < tile ? output->height - y : tile;
        int breadth = output->width - x < tile ? output->width - x : tile;
        for (int c = 0; c < width; c += LANES) {
            const float *source = from + (ptrdiff_t)b * width + c;
            vector middle[most_points * most_points];
            for (int i = 0; i < n; i++) {
                vector line[most_points];
#pragma clang loop unroll(full)
                for (int j = 0; j < n; j++) line[j] = load(source + (i * n + j) * stride);
                output_line(points, tile, line, 1, middle + i * tile, 1);
            }
            vector bias = w->bias ? load(w->bias + column + c) : (vector){0};
            for (int j = 0; j < breadth; j++) {
                vector line[most_points];
                output_line(points, tile, middle + j, tile, line, 1);
                for (int i = 0; i < height; i++) {
                    vector result = line[i] + bias;
                    if (addend) result += load(pixel_of(addend, item, y + i, x + j) + column + c);
                    if (w->relu) result = greater((vector){0}, result);
                    store(pixel_of(output, item, y + i, x + j) + column + c, result);
                }
            }
        }
    }
}

#define INPUT(COUNT)                                                                                                                \
    static void NAME(input##COUNT)(                                                                                                 \
        int tile, const cnn_map *input, const cnn_map *output, int channels, int first, int count, float *to, ptrdiff_t stride)      \
    {                                                                                                                               \
        transform_input(&points##COUNT, tile, input, output, channels, first, count, to, stride);                                   \
    }
INPUT(6) INPUT(7) INPUT(8) INPUT(9)

#define OUTPUT(TILE, COUNT)                                                                                                         \
    static void NAME(output##TILE##of##COUNT)(                                                                                      \
        const cnn_winograd *w, const float *from, ptrdiff_t stride, int width, int column, int first, int count,                    \
        const cnn_map *output, const cnn_map *addend)                                                                               \
    {                                                                                                                               \
        transform_output(&points##COUNT, TILE, w, from, stride, width, column, first, count, output, addend);                       \
    }
OUTPUT(2, 6) OUTPUT(3, 7) OUTPUT(4, 8) OUTPUT(4, 6) OUTPUT(5, 7) OUTPUT(6, 8) OUTPUT(7, 9)

/// A tile of the products at one point: `rows` blocks by `vectors` of outputs; `tiles` of them one below the other. Both are constants
/// wherever this is inlined. The depth is small here, so what surrounds the innermost loop counts.
INLINE void point_tiles(
    const int rows, const int vectors, int tiles, int depth, const float *in, float *out, ptrdiff_t out_stride, const float *w,
    const float *ahead, ptrdiff_t step)
{
    for (int t = 0; t < tiles; t++, in += rows * depth, out += rows * out_stride) {
        vector sum[ROWS][VECTORS];
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) sum[r][v] = (vector){0};
        const float *weight = w;
        for (ptrdiff_t k = 0; k < depth; k++, weight += vectors * LANES) {
            vector weights[VECTORS];
            for (int v = 0; v < vectors; v++) weights[v] = load(weight + v * LANES);
            for (int line = 0; line < (PANEL + 31) / 32; line++) __builtin_prefetch(ahead + line * 16, 0, 2);
            ahead += step;
            for (int r = 0; r < rows; r++) {
                vector value = splat(in[r * depth + k]);
                for (int v = 0; v < vectors; v++) sum[r][v] += value * weights[v];
            }
        }
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) store(out + r * out_stride + v * LANES, sum[r][v]);
    }
}

typedef void point_function(int, int, const float *, float *, ptrdiff_t, const float *, const float *, ptrdiff_t);

#define POINT(R, N)                                                                                                                 \
    static void NAME(point_##R##x##N)(                                                                                              \
        int tiles, int depth, const float *in, float *out, ptrdiff_t out_stride, const float *w, const float *ahead, ptrdiff_t step) \
    {                                                                                                                               \
        point_tiles(R, N, tiles, depth, in, out, out_stride, w, ahead, step);                                                       \
    }
#define POINTS(N) POINT(1, N) POINT(2, N) POINT(3, N) POINT(4, N) POINT(5, N) POINT(6, N)
#define POINT_TABLE(N) {NAME(point_1x##N), NAME(point_2x##N), NAME(point_3x##N), NAME(point_4x##N), NAME(point_5x##N), NAME(point_6x##N)}
#if VECTORS == 2
POINTS(1) POINTS(2)
static point_function *const NAME(point)[VECTORS][ROWS] = {POINT_TABLE(1), POINT_TABLE(2)};
#elif VECTORS == 4
POINTS(1) POINTS(2) POINTS(3) POINTS(4)
static point_function *const NAME(point)[VECTORS][ROWS] = {POINT_TABLE(1), POINT_TABLE(2), POINT_TABLE(3), POINT_TABLE(4)};
#endif

/// out[block][output] of one point, for `count` blocks by a group of outputs.
INLINE void point_product(int count, int depth, const float *in, int width, float *out, const float *w)
{
    int tiles = (count + ROWS - 1) / ROWS, least = count / tiles, higher = count % tiles;
    for (int column = 0; column < width; column += PANEL) {
        int vectors = (width - column < PANEL ? width - column : PANEL) / LANES;
        const float *panel = w + (ptrdiff_t)column * depth, *ahead = panel + (ptrdiff_t)vectors * LANES * depth;
        ptrdiff_t step = vectors * LANES / tiles + 1;
        if (tiles == 1) ahead = panel + 4096, step = vectors * LANES;
        if (higher) NAME(point)[vectors - 1][least](higher, depth, in, out + column, width, panel, ahead, step);
        ptrdiff_t done = (ptrdiff_t)higher * (least + 1);
        NAME(point)[vectors - 1][least - 1](
            tiles - higher, depth, in + done * depth, out + column + done * width, width, panel, ahead + higher * step * depth, step);
    }
}

typedef void input_function(int, const cnn_map *, const cnn_map *, int, int, int, float *, ptrdiff_t);
typedef void output_function(const cnn_winograd *, const float *, ptrdiff_t, int, int, int, int, const cnn_map *, const cnn_map *);

static output_function *NAME(output_of)(int tile, int taps)
{
    static output_function *const of3[] = {NAME(output4of6), NAME(output5of7), NAME(output6of8), NAME(output7of9)};
    static output_function *const of5[] = {NAME(output2of6), NAME(output3of7), NAME(output4of8)};
    return taps == 3 ? of3[tile - 4] : of5[tile - 2];
}

static void NAME(winograd)(
    const cnn_winograd *w, const cnn_map *input, const cnn_map *output, const cnn_map *addend, float *scratch,
    int32_t from, int32_t to)
{
    static input_function *const inputs[] = {NAME(input6), NAME(input7), NAME(input8), NAME(input9)};
    int n = w->tile + w->taps - 1, points = n * n;
    input_function *into = inputs[n - 6];
    output_function *back = NAME(output_of)(w->tile, w->taps);
    int all = to - from, passes = (all + w->block - 1) / w->block;
    // Not a multiple of a page: or all points' values would fall into one set of the cache.
    ptrdiff_t in_stride = (ptrdiff_t)w->block * w->inputs + CNN_CHANNELS, out_stride = (ptrdiff_t)w->block * w->output_group + CNN_CHANNELS;
    float *values = scratch, *products = scratch + points * in_stride;
    for (int pass = 0; pass < passes; pass++) {
        int first = from + (int)((ptrdiff_t)all * pass / passes), count = from + (int)((ptrdiff_t)all * (pass + 1) / passes) - first;
        into(w->tile, input, output, w->inputs, first, count, values, in_stride);
        for (int column = 0; column < w->outputs; column += w->output_group) {
            int width = w->outputs - column < w->output_group ? w->outputs - column : w->output_group;
            for (int p = 0; p < points; p++)
                point_product(
                    count, w->inputs, values + p * in_stride, width, products + p * out_stride,
                    w->weights + ((ptrdiff_t)column * points + (ptrdiff_t)p * width) * w->inputs);
            back(w, products, out_stride, width, column, first, count, output, addend);
        }
    }
}
