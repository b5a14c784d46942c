// Convolutions that see each channel for itself: on maps, channels fastest, and on the planes of a training.

enum { NAME(beside) = 4 };  // pixels, or taps, that share what was loaded

/// `count` pixels side by side, LANES channels of each.
INLINE void NAME(depthwise_pixels)(
    const cnn_depthwise *d, const float *corner, ptrdiff_t step, int channels, int c, float *target, ptrdiff_t pixel, int count)
{
    vector sum[NAME(beside)];
    for (int p = 0; p < count; p++) sum[p] = load(d->bias + c);
    const float *weights = d->weights + c;
    for (int i = 0; i < d->rows; i++)
        for (int j = 0; j < d->columns; j++, weights += channels) {
            vector weight = load(weights);
            const float *tap = corner + i * d->tap_row + j * d->tap_column + c;
            for (int p = 0; p < count; p++) sum[p] += load(tap + p * step) * weight;
        }
    for (int p = 0; p < count; p++) store(target + p * pixel + c, d->relu ? greater((vector){0}, sum[p]) : sum[p]);
}

static void NAME(depthwise)(const cnn_depthwise *d, const cnn_map *input, const cnn_map *output)
{
    for (int item = 0; item < output->items; item++)
        for (int y = 0; y < output->height; y++)
            for (int x = 0, count; x < output->width; x += count) {
                const float *corner = pixel_of(input, item, y, x);
                float *target = pixel_of(output, item, y, x);
                int channels = output->channels;
                count = x + NAME(beside) <= output->width ? NAME(beside) : 1;
                // The counts are constants, so that the sums stay in registers.
                for (int c = 0; c < channels; c += LANES)
                    if (count == 1) NAME(depthwise_pixels)(d, corner, input->pixel, channels, c, target, output->pixel, 1);
                    else NAME(depthwise_pixels)(d, corner, input->pixel, channels, c, target, output->pixel, NAME(beside));
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
