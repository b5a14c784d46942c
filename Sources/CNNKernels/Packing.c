// Weights in the order in which the kernels read them: done once, when a network is loaded.
#include "Kernels.h"
#include "WinogradPoints.h"

static int filled(int count) { return (count + CNN_CHANNELS - 1) / CNN_CHANNELS * CNN_CHANNELS; }

/// The weight of one output for value `k` under the kernel: rows, then columns, then channels.
static float weight_at(const cnn_source *s, int output, int k)
{
    int channel = s->channels[k % s->map_channels], place = k / s->map_channels;
    if (output >= s->outputs || channel < 0) return 0;
    return s->weights[((ptrdiff_t)output * s->inputs + channel) * s->rows * s->columns + place];
}

void cnn_pack_product(const cnn_kernels *kernels, const cnn_source *source, int32_t run_length, int32_t group, float *packed)
{
    int depth = run_length * group, all = source->rows * source->columns * source->map_channels, outputs = filled(source->outputs);
    for (int begin = 0; begin < all; begin += depth)
        for (int column = 0; column < outputs; column += kernels->panel) {
            int width = outputs - column < kernels->panel ? outputs - column : kernels->panel;
            for (int k = begin; k < begin + depth; k++)
                for (int n = column; n < column + width; n++) *packed++ = weight_at(source, n, k);
        }
}

/// values[i]: the kernel's line as a polynomial, at each point, by the product of the differences to the others.
static void kernel_line(const winograd_points *points, int taps, const double *line, int step, double *values, int value_step)
{
    double at[most_points];
    int finite = points->count - 1, n = 0;
    at[n++] = 0;
    for (int p = 0; p < points->pairs; p++) at[n++] = points->pair[p], at[n++] = -points->pair[p];
    if (points->singles) at[n++] = points->single_point;
    for (int i = 0; i < finite; i++) {
        double sum = 0, power = 1, differences = 1;
        for (int j = 0; j < taps; j++) sum += power * line[j * step], power *= at[i];
        for (int j = 0; j < finite; j++)
            if (j != i) differences *= at[i] - at[j];
        values[i * value_step] = sum / differences;
    }
    values[finite * value_step] = line[(taps - 1) * step];
}

int cnn_pack_winograd(const cnn_kernels *kernels, const cnn_source *source, const cnn_winograd *shape, float *packed)
{
    const winograd_points *points = winograd_points_of(shape->tile, shape->taps);
    if (!points) return 0;
    int n = points->count, taps = shape->taps;
    for (int output = 0; output < shape->outputs; output++) {
        // Where this output's weights lie: groups of outputs, points, panels, inputs, the panel's outputs.
        int group = output / shape->output_group * shape->output_group;
        int group_width = shape->outputs - group < shape->output_group ? shape->outputs - group : shape->output_group;
        int panel = (output - group) / kernels->panel * kernels->panel;
        int width = group_width - panel < kernels->panel ? group_width - panel : kernels->panel;
        float *start = packed + (ptrdiff_t)group * n * n * shape->inputs + (ptrdiff_t)panel * shape->inputs + (output - group - panel);
        for (int input = 0; input < shape->inputs; input++) {
            double kernel[25], half[5 * most_points], full[most_points * most_points];
            for (int k = 0; k < taps * taps; k++) kernel[k] = weight_at(source, output, k * source->map_channels + input);
            for (int y = 0; y < taps; y++) kernel_line(points, taps, kernel + y * taps, 1, half + y * n, 1);
            for (int x = 0; x < n; x++) kernel_line(points, taps, half + x, n, full + x, n);
            for (int p = 0; p < n * n; p++) start[((ptrdiff_t)p * group_width + 0) * shape->inputs + (ptrdiff_t)input * width] = (float)full[p];
        }
    }
    return 1;
}

size_t cnn_winograd_scratch(const cnn_winograd *w)
{
    size_t n = (size_t)(w->tile + w->taps - 1);
    return n * n * ((size_t)w->block * (w->inputs + w->output_group) + 2 * CNN_CHANNELS);
}
