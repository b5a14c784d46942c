// Pooling, sums and scaling, a measure of the limit, and the table of this instruction set's kernels.

static void NAME(maximum)(const cnn_window *w, const cnn_map *input, const cnn_map *output)
{
    for (int item = 0; item < output->items; item++)
        for (int y = 0; y < output->height; y++)
            for (int x = 0; x < output->width; x++) {
                int top = y * w->row_stride - w->row_padding, left = x * w->column_stride - w->column_padding;
                int bottom = top + w->height < input->height ? top + w->height : input->height;
                int right = left + w->width < input->width ? left + w->width : input->width;
                top = top < 0 ? 0 : top, left = left < 0 ? 0 : left;
                const float *corner = pixel_of(input, item, top, left);
                float *target = pixel_of(output, item, y, x);
                for (int c = 0; c < output->channels; c += LANES) {
                    vector greatest = load(corner + c);
                    for (int i = 0; i < bottom - top; i++)
                        for (int j = 0; j < right - left; j++)
                            greatest = greater(load(corner + i * input->row + j * input->pixel + c), greatest);
                    store(target + c, greatest);
                }
            }
}

static void NAME(mean)(const cnn_window *w, const cnn_map *input, const cnn_map *output)
{
    for (int item = 0; item < output->items; item++)
        for (int y = 0; y < output->height; y++)
            for (int x = 0; x < output->width; x++) {
                int top = y * w->row_stride - w->row_padding, left = x * w->column_stride - w->column_padding;
                int bottom = top + w->height < input->height ? top + w->height : input->height;
                int right = left + w->width < input->width ? left + w->width : input->width;
                top = top < 0 ? 0 : top, left = left < 0 ? 0 : left;
                const float *corner = pixel_of(input, item, top, left);
                float *target = pixel_of(output, item, y, x);
                float share = 1 / (float)(w->count_padding ? w->height * w->width : (bottom - top) * (right - left));
                for (int c = 0; c < output->channels; c += LANES) {
                    vector sum = {0};
                    for (int i = 0; i < bottom - top; i++)
                        for (int j = 0; j < right - left; j++) sum += load(corner + i * input->row + j * input->pixel + c);
                    store(target + c, sum * share);
                }
            }
}

static void NAME(whole)(const cnn_map *input, float *mean, float *greatest, ptrdiff_t stride)
{
    float share = 1 / (float)(input->height * input->width);
    for (int item = 0; item < input->items; item++)
        for (int c = 0; c < input->channels; c += LANES) {
            vector sum = {0}, most = load(pixel_of(input, item, 0, 0) + c);
            for (int y = 0; y < input->height; y++)
                for (int x = 0; x < input->width; x++) {
                    vector value = load(pixel_of(input, item, y, x) + c);
                    sum += value;
                    most = greater(value, most);
                }
            if (mean) store(mean + item * stride + c, sum * share);
            if (greatest) store(greatest + item * stride + c, most);
        }
}

static void NAME(sum)(const cnn_map *a, const cnn_map *b, const cnn_map *output, int32_t relu)
{
    for (int item = 0; item < output->items; item++)
        for (int y = 0; y < output->height; y++)
            for (int x = 0; x < output->width; x++) {
                const float *left = pixel_of(a, item, y, x), *right = pixel_of(b, item, y, x);
                float *target = pixel_of(output, item, y, x);
                for (int c = 0; c < output->channels; c += LANES) {
                    vector result = load(left + c) + load(right + c);
                    store(target + c, relu ? greater((vector){0}, result) : result);
                }
            }
}

static void NAME(scale)(const float *scale, const float *shift, float low, const cnn_map *input, const cnn_map *output)
{
    for (int item = 0; item < output->items; item++)
        for (int y = 0; y < output->height; y++)
            for (int x = 0; x < output->width; x++) {
                const float *source = pixel_of(input, item, y, x);
                float *target = pixel_of(output, item, y, x);
                for (int c = 0; c < output->channels; c += LANES)
                    store(target + c, greater(splat(low), load(source + c) * load(scale + c) + load(shift + c)));
            }
}

static double NAME(burn)(int64_t rounds)
{
    vector sum[ROWS][VECTORS], factor = splat(0.999f), term = splat(0.001f);
    for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < VECTORS; v++) sum[r][v] = splat((float)(r + v));
    for (int64_t i = 0; i < rounds; i++)
        for (int r = 0; r < ROWS; r++)
            for (int v = 0; v < VECTORS; v++) sum[r][v] = sum[r][v] * factor + term;
    vector all = {0};
    for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < VECTORS; v++) all += sum[r][v];
    // Their value is finite, but the compiler must not know.
    return all[0] == -1 ? 0 : 2.0 * ROWS * VECTORS * LANES * (double)rounds;
}

const struct cnn_kernels NAME(cnn_kernels) = {
    .name = SET, .panel = PANEL, .product = NAME(product), .winograd = NAME(winograd), .depthwise = NAME(depthwise),
    .plane = NAME(plane), .plane_products = NAME(plane_products), .maximum = NAME(maximum), .mean = NAME(mean),
    .whole = NAME(whole), .sum = NAME(sum), .burn = NAME(burn), .scale = NAME(scale),
};
