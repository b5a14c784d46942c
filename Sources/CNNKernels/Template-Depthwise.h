// Convolutions that see each channel for itself: on maps, channels fastest, and on the planes of a training.

enum { NAME(beside) = 4 };  // pixels, or taps, that share what was loaded

/// `count` pixels side by side, LANES channels of each; their weights are `kept`, or else lie `channels` apart.
INLINE void NAME(depthwise_pixels)(
    const cnn_depthwise *d, int rows, int columns, const vector *kept, const float *weights, int channels, vector bias, const float *corner,
    ptrdiff_t step, float *target, ptrdiff_t pixel, int count)
{
    vector sum[NAME(beside)];
    for (int p = 0; p < count; p++) sum[p] = bias;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            int t = i * columns + j;
            vector weight = kept ? kept[t] : load(weights + (ptrdiff_t)t * channels);
            const float *tap = corner + i * d->tap_row + j * d->tap_column;
            for (int p = 0; p < count; p++) sum[p] += load(tap + p * step) * weight;
        }
    for (int p = 0; p < count; p++) store(target + p * pixel, d->relu ? greater((vector){0}, sum[p]) : sum[p]);
}

/// Part of an output.
typedef struct {
    int item, top, bottom, left, right, channel;
} NAME(part);

/// LANES channels of a part; `keeps` is whether their taps stay in registers.
INLINE void NAME(depthwise_part)(
    const cnn_depthwise *d, int rows, int columns, int keeps, const cnn_map *input, const cnn_map *output, NAME(part) part)
{
    enum { most = 25 };
    vector kept[most], bias = load(d->bias + part.channel);
    const float *weights = d->weights + part.channel;
    int channels = output->channels;
    if (keeps)
        for (int t = 0; t < rows * columns; t++) kept[t] = load(weights + (ptrdiff_t)t * channels);
    const vector *taps = keeps ? kept : NULL;
    for (int y = part.top; y < part.bottom; y++) {
        const float *corner = pixel_of(input, part.item, y, part.left) + part.channel;
        float *target = pixel_of(output, part.item, y, part.left) + part.channel;
        int width = part.right - part.left, x = 0;
        // The counts are constants, so that the sums stay in registers.
        for (; x + NAME(beside) <= width; x += NAME(beside), corner += NAME(beside) * input->pixel, target += NAME(beside) * output->pixel)
            NAME(depthwise_pixels)(
                d, rows, columns, taps, weights, channels, bias, corner, input->pixel, target, output->pixel, NAME(beside));
        for (; x < width; x++, corner += input->pixel, target += output->pixel)
            NAME(depthwise_pixels)(d, rows, columns, taps, weights, channels, bias, corner, input->pixel, target, output->pixel, 1);
    }
}

/// Channels go one after the other over as many rows as stay in the nearest cache; where that is one row, memory comes faster pixel by pixel.
static void NAME(depthwise)(const cnn_depthwise *d, const cnn_map *input, const cnn_map *output)
{
    // What LANES channels of a pixel take is a cache line at most; half of the cache is for them.
    enum { lines = 24 * 1024 / 64 };
    int down = (int)(input->row / d->tap_row), across = (int)(input->pixel / d->tap_column);
    int row = output->width * (across > 0 ? across : 1) + d->columns;
    int band = (lines / row - d->rows) / (down > 0 ? down : 1) + 1;
    int width = band > 1 ? output->width : NAME(beside);
    if (band < 1) band = 1;
    for (int item = 0; item < output->items; item++)
        for (int top = 0; top < output->height; top += band)
            for (int left = 0; left < output->width; left += width) {
                int bottom = output->height - top < band ? output->height : top + band;
                int right = output->width - left < width ? output->width : left + width;
                for (int c = 0; c < output->channels; c += LANES) {
                    NAME(part) part = {item, top, bottom, left, right, c};
                    if (d->rows == 3 && d->columns == 3) NAME(depthwise_part)(d, 3, 3, 1, input, output, part);
                    else if (d->rows == 5 && d->columns == 5) NAME(depthwise_part)(d, 5, 5, 1, input, output, part);
                    else NAME(depthwise_part)(d, d->rows, d->columns, 0, input, output, part);
                }
            }
}

static void NAME(plane)(const cnn_plane_window *w, const float *weights, const float *input, float *output)
{
    for (int y = 0; y < w->height; y++)
        for (int x = 0; x < w->width; x += LANES) {
            vector sum = {0};
            for (int i = 0; i < w->rows; i++) {
                const float *row = input + (ptrdiff_t)(y * w->step + i) * w->input_row + x;
                for (int j = 0; j < w->columns; j++) sum += load(row + j) * splat(weights[i * w->columns + j]);
            }
            store(output + y * w->output_row + x, sum);
        }
}

/// One row of taps, `count` of them from column `first` on: sums that do not wait for each other.
INLINE void NAME(tap_products)(
    const cnn_plane_window *w, const float *input, const float *gradient, int first, int count, float *sums)
{
    vector sum[NAME(beside)];
    for (int j = 0; j < count; j++) sum[j] = splat(0);
    for (int y = 0; y < w->height; y++) {
        const float *row = input + (ptrdiff_t)y * w->step * w->input_row + first, *other = gradient + y * w->output_row;
        for (int x = 0; x < w->width; x += LANES) {
            vector value = load(other + x);
            for (int j = 0; j < count; j++) sum[j] += load(row + x + j) * value;
        }
    }
    for (int j = 0; j < count; j++)
        for (int l = 0; l < LANES; l++) sums[first + j] += sum[j][l];
}

static void NAME(plane_products)(const cnn_plane_window *w, const float *input, const float *gradient, float *sums)
{
    for (int i = 0; i < w->rows; i++) {
        const float *taps = input + i * w->input_row;
        float *row = sums + i * w->columns;
        int j = 0;
        for (; j + NAME(beside) <= w->columns; j += NAME(beside)) NAME(tap_products)(w, taps, gradient, j, NAME(beside), row);
        if (w->columns - j == 3) NAME(tap_products)(w, taps, gradient, j, 3, row);
        else for (; j < w->columns; j++) NAME(tap_products)(w, taps, gradient, j, 1, row);
    }
}
