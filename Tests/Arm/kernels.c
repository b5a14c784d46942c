// Runs every C kernel on the same made-up numbers and writes what comes out, or compares it with what another processor's build of this
// program wrote. See `compare`.
//
//     kernels write FILE
//     kernels compare FILE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CNNKernels.h"
#include "CPixels.h"
#include "CWinograd.h"

static FILE *file;
static int comparing, results, failures;
static double worst;

static void stop(const char *why)
{
    fprintf(stderr, "kernels: %s\n", why);
    exit(2);
}

/// Numbers from -1 to 1, the same on every machine.
static float next_number(void)
{
    static uint32_t state = 2463534242u;
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return (float)(state >> 8) / (float)(1 << 23) - 1;
}

static float *numbers(size_t count)
{
    float *values = cnn_allocate(count);
    if (!values) stop("no memory");
    for (size_t i = 0; i < count; i++) values[i] = next_number();
    return values;
}

/// What one kernel gave. Sums may differ by `tolerance` of the greatest value, since a processor may multiply and add in one step; 0 where every
/// bit counts.
static void result(const char *name, const float *values, size_t count, double tolerance)
{
    char line[128], expected[128];
    snprintf(line, sizeof line, "%s %zu\n", name, count);
    results++;
    if (!comparing) {
        fputs(line, file);
        if (fwrite(values, sizeof *values, count, file) != count) stop("the results cannot be written");
        return;
    }
    float *others = malloc(sizeof *others * count);
    if (!others || !fgets(expected, sizeof expected, file) || strcmp(line, expected) != 0 || fread(others, sizeof *others, count, file) != count)
        stop("the file was written by another version of this program");
    double greatest = 0, difference = 0;
    for (size_t i = 0; i < count; i++) {
        if ((isnan(values[i]) && isnan(others[i])) || values[i] == others[i]) {
            if (isfinite(others[i])) greatest = fmax(greatest, fabs(others[i]));
            continue;
        }
        double d = fabs((double)values[i] - others[i]);
        difference = fmax(difference, isnan(d) ? INFINITY : d);
        if (isfinite(others[i])) greatest = fmax(greatest, fabs(others[i]));
    }
    double relative = difference == 0 ? 0 : difference / greatest;
    if (relative > worst) worst = relative;
    if (!(relative <= tolerance) || greatest == 0) {
        failures++;
        printf("%s: differs by %g of the greatest value, %g; %g is allowed\n", name, relative, greatest, tolerance);
    }
    free(others);
}

enum { margin = 16 };
static const double rounding = 1e-5;

/// A map with a border of zeros wide enough for every kernel here.
static cnn_map map_of(int items, int height, int width, int channels)
{
    ptrdiff_t row = (ptrdiff_t)(width + 2 * margin) * channels, item = row * (height + 2 * margin);
    float *all = cnn_allocate((size_t)(items * item));
    if (!all) stop("no memory");
    cnn_map map = {all + margin * row + margin * channels, item, row, channels, items, height, width, channels};
    for (int i = 0; i < items; i++)
        for (int y = 0; y < height; y++)
            for (int k = 0; k < width * channels; k++) map.values[i * item + y * row + k] = next_number();
    return map;
}

/// With the border: whoever writes beyond a map is found too.
static void result_map(const char *name, const cnn_map *map, double tolerance)
{
    result(name, map->values - margin * map->row - margin * map->pixel, (size_t)(map->items * map->item), tolerance);
}

static void free_map(cnn_map *map) { cnn_free(map->values - margin * map->row - margin * map->pixel); }

static cnn_map stepped(const cnn_map *map, int stride, int padding)
{
    cnn_map seen = *map;
    seen.values -= padding * (map->row + map->pixel);
    seen.row *= stride, seen.pixel *= stride;
    return seen;
}

static void products(const cnn_kernels *kernels)
{
    static const struct { int side, stride, padding, inputs, outputs, group, relu, addend; } cases[] = {
        {1, 1, 0, 32, 48, 1, 1, 0}, {3, 1, 1, 16, 80, 1, 0, 1}, {3, 2, 1, 32, 16, 3, 1, 1}, {5, 1, 2, 16, 96, 5, 1, 0}, {11, 4, 2, 16, 64, 1, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int side = cases[i].side, inputs = cases[i].inputs, outputs = cases[i].outputs, length = side * inputs;
        cnn_map input = map_of(2, 13, 17, inputs);
        int height = (13 + 2 * cases[i].padding - side) / cases[i].stride + 1, width = (17 + 2 * cases[i].padding - side) / cases[i].stride + 1;
        cnn_map output = map_of(2, height, width, outputs), addend = map_of(2, height, width, outputs);
        int32_t channels[64];
        ptrdiff_t runs[11];
        for (int c = 0; c < inputs; c++) channels[c] = c;
        for (int y = 0; y < side; y++) runs[y] = y * input.row;
        float *weights = numbers((size_t)outputs * (size_t)(length * side)), *packed = cnn_allocate((size_t)outputs * (size_t)(length * side) + 8192);
        float *bias = numbers((size_t)outputs);
        cnn_source source = {weights, outputs, inputs, side, side, channels, inputs};
        cnn_pack_product(kernels, &source, length, cases[i].group, packed);
        cnn_product product = {packed, bias, runs, side, length, cases[i].group, outputs, cases[i].relu};
        cnn_map seen = stepped(&input, cases[i].stride, cases[i].padding);
        cnn_run_product(kernels, &product, &seen, &output, cases[i].addend ? &addend : NULL, 0, outputs);
        char name[64];
        snprintf(name, sizeof name, "product %d of %d x %d, stride %d", outputs, side, side, cases[i].stride);
        result_map(name, &output, rounding);
        free_map(&input), free_map(&output), free_map(&addend);
        cnn_free(weights), cnn_free(packed), cnn_free(bias);
    }
}

static void convolutions(const cnn_kernels *kernels)
{
    static const struct { int tile, taps; } cases[] = {{4, 3}, {5, 3}, {6, 3}, {7, 3}, {2, 5}, {3, 5}, {4, 5}};
    enum { inputs = 32, outputs = 80 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int tile = cases[i].tile, taps = cases[i].taps, n = tile + taps - 1, panel = cnn_panel(kernels);
        cnn_map input = map_of(2, 13, 17, inputs), output = map_of(2, 13, 17, outputs), addend = map_of(2, 13, 17, outputs);
        int32_t channels[inputs];
        for (int c = 0; c < inputs; c++) channels[c] = c;
        float *weights = numbers((size_t)(outputs * inputs * taps * taps)), *bias = numbers(outputs);
        float *packed = cnn_allocate((size_t)(n * n * inputs * outputs) + 8192);
        cnn_source source = {weights, outputs, inputs, taps, taps, channels, inputs};
        cnn_winograd winograd = {packed, bias, tile, taps, inputs, outputs, panel < outputs ? panel : outputs, 7, 1};
        if (!cnn_pack_winograd(kernels, &source, &winograd, packed)) stop("there is no such transformation");
        float *scratch = cnn_allocate(cnn_winograd_scratch(&winograd));
        cnn_map seen = stepped(&input, 1, taps / 2);
        int blocks = 2 * ((13 + tile - 1) / tile) * ((17 + tile - 1) / tile);
        cnn_run_winograd(kernels, &winograd, &seen, &output, i % 2 ? &addend : NULL, scratch, 0, blocks);
        char name[64];
        snprintf(name, sizeof name, "convolution %d x %d in blocks of %d", taps, taps, tile);
        // The transforms lose digits, the more the larger the block.
        result_map(name, &output, 20 * rounding);
        free_map(&input), free_map(&output), free_map(&addend);
        cnn_free(weights), cnn_free(bias), cnn_free(packed), cnn_free(scratch);
    }
}

/// Convolutions that see each channel for itself.
static void depthwise(const cnn_kernels *kernels)
{
    enum { channels = 48, wide = 32, high = 9 };
    for (int stride = 1; stride <= 2; stride++) {
        int taps = 2 * stride + 1;
        cnn_map input = map_of(2, 13, 17, channels), output = map_of(2, 12 / stride + 1, 16 / stride + 1, channels);
        float *weights = numbers((size_t)(taps * taps * channels)), *bias = numbers(channels);
        cnn_depthwise work = {weights, bias, taps, taps, input.row, input.pixel, stride == 2};
        cnn_map seen = stepped(&input, stride, stride);
        cnn_run_depthwise(kernels, &work, &seen, &output);
        result_map("channels for themselves", &output, rounding);
        free_map(&input), free_map(&output);
        cnn_free(weights), cnn_free(bias);
        float *plane = numbers((size_t)((stride * high + taps) * (wide + taps))), *taught = numbers((size_t)(taps * taps));
        float *made = cnn_allocate(high * wide), *sums = numbers((size_t)(taps * taps));
        cnn_plane_window window = {taps, taps, high, wide, wide + taps - 1, wide, stride};
        cnn_run_plane(kernels, &window, taught, plane, made);
        result("plane", made, high * wide, rounding);
        cnn_add_plane_products(kernels, &window, plane, made, sums);
        result("products of planes", sums, (size_t)(taps * taps), rounding);
        cnn_free(plane), cnn_free(taught), cnn_free(made), cnn_free(sums);
    }
}

static void poolings(const cnn_kernels *kernels)
{
    enum { channels = 48 };
    cnn_map input = map_of(2, 13, 17, channels), output = map_of(2, 7, 9, channels), other = map_of(2, 13, 17, channels);
    cnn_window window = {3, 3, 2, 2, 1, 1, 0};
    cnn_run_maximum(kernels, &window, &input, &output);
    result_map("maximum", &output, 0);
    cnn_run_mean(kernels, &window, &input, &output);
    result_map("mean of what is there", &output, rounding);
    window.count_padding = 1;
    cnn_run_mean(kernels, &window, &input, &output);
    result_map("mean of the window", &output, rounding);
    float *mean = cnn_allocate(2 * channels), *greatest = cnn_allocate(2 * channels), *scale = numbers(channels), *shift = numbers(channels);
    cnn_run_whole(kernels, &input, mean, greatest, channels);
    result("mean of all", mean, 2 * channels, rounding);
    result("greatest of all", greatest, 2 * channels, 0);
    cnn_run_sum(kernels, &input, &other, &other, 1);
    result_map("sum", &other, 0);
    cnn_run_scale(kernels, scale, shift, -INFINITY, &input, &other);
    result_map("scale", &other, rounding);
    cnn_clear_border(&other, 2, 1, 3, 2);
    result_map("border", &other, rounding);
    free_map(&input), free_map(&output), free_map(&other);
    cnn_free(mean), cnn_free(greatest), cnn_free(scale), cnn_free(shift);
}

static void planes(void)
{
    enum { channels = 2, height = 29, width = 37 };
    static const int32_t stored[] = {1, 0};
    float *values = numbers(2 * channels * height * width), *tables = numbers(channels * 256);
    uint8_t codes[2 * height * width];
    for (size_t i = 0; i < sizeof codes; i++) codes[i] = (uint8_t)(128 + 127 * next_number());
    for (int block = 1; block <= 4; block++)
        for (int coded = 0; coded < 2; coded++) {
            cnn_planes source = {coded ? NULL : values, coded ? codes : NULL, coded ? tables : NULL, channels, height, width};
            cnn_map map = map_of(2, (height + 2) / block + 1, (width + 2) / block + 1, CNN_CHANNELS * 2);
            cnn_load_planes(&source, block, 2, &map, 0, map.height);
            char name[64];
            snprintf(name, sizeof name, "%s in blocks of %d", coded ? "codes" : "planes", block);
            result_map(name, &map, 0);
            float *back = cnn_allocate((size_t)(2 * map.height * map.width * channels));
            cnn_store_planes(&map, stored, channels, back);
            result("planes of a map", back, (size_t)(2 * map.height * map.width * channels), 0);
            free_map(&map);
            cnn_free(back);
        }
    cnn_free(values), cnn_free(tables);
}

static void winograd(void)
{
    enum { tiles = 2 * 4 * 5, stride = 48, height = 13, width = 17 };
    for (int kernel = 3; kernel <= 5; kernel += 2) {
        int n = kernel + 3;
        float *from = numbers(64 * stride), *to = cnn_allocate(64 * stride), *scratch = cnn_allocate(64 * 64);
        for (int transform = winograd_input; transform <= winograd_kernel_back; transform++) {
            int sides[] = {n, n, 4, n, n, kernel};
            memset(to, 0, sizeof *to * 64 * stride);
            winograd_apply((enum winograd_transform)transform, kernel, from, stride, to, stride, tiles, scratch);
            char name[64];
            snprintf(name, sizeof name, "transform %d of kernel %d", transform, kernel);
            result(name, to, (size_t)(sides[transform] * sides[transform] * stride), rounding);
        }
        struct winograd_grid grid = {height, width, 4, 5, n, kernel / 2, kernel / 2};
        float *maps = numbers(2 * height * width), *padded = cnn_allocate((size_t)winograd_padded_count(&grid, 2));
        memset(to, 0, sizeof *to * 64 * stride);
        winograd_cut(maps, height * width, 2, &grid, to, stride, padded);
        result("tiles", to, (size_t)(n * n * stride), 0);
        winograd_add(from, stride, 2, &grid, 1, maps, height * width, padded);
        result("tiles added up", maps, 2 * height * width, rounding);
        grid.size = 4;
        winograd_lay(from, stride, 2, &grid, 0.5f, maps, height * width, padded);
        result("tiles laid", maps, 2 * height * width, 0);
        cnn_free(from), cnn_free(to), cnn_free(scratch), cnn_free(maps), cnn_free(padded);
    }
}

static void result_bytes(const char *name, const uint8_t *bytes, size_t count)
{
    float *values = malloc(sizeof *values * count);
    if (!values) stop("no memory");
    for (size_t i = 0; i < count; i++) values[i] = bytes[i];
    result(name, values, count, 0);
    free(values);
}

static void pixels(void)
{
    enum { height = 203, width = 211, count = height * width, radius = 4, side = 64 };
    float *phase = numbers(count), *weighted = cnn_allocate(count), *weights = cnn_allocate(count), *map = cnn_allocate(count);
    for (int i = 0; i < count; i++) {
        int y = i / width, x = i % width;
        phase[i] = remainderf(0.05f * (float)((y - 90) * (y - 90) + (x - 100) * (x - 100)) / 10 + phase[i] / 4, 6.2831855f);
        if (y < 20 || x > 190) phase[i] = NAN;
    }
    static uint8_t levels[count], ridges[count], row[4 * 1001];
    static uint32_t bits[1001];
    pixels_grey(phase, count, levels);
    result_bytes("grey levels", levels, count);
    float counts[] = {
        (float)pixels_count_numbers(phase, count), (float)pixels_count(levels, width, 200, 128), (float)pixels_count_from(levels, width, 200, 90)};
    result("counts", counts, 3, 0);
    for (size_t i = 0; i < sizeof row; i++) row[i] = (uint8_t)(128 + 127 * next_number());
    pixels_sum_differences(row, 1001, bits);
    result_bytes("differences summed", (const uint8_t *)bits, sizeof bits);
    float profile[radius + 1];
    for (int i = 0; i <= radius; i++) profile[i] = expf(-(float)(i * i) / 8);
    pixels_edges edges = {levels, width, height, profile, radius, 60, 150};
    float *scratch = cnn_allocate(pixels_ridges_scratch(width, radius));
    pixels_ridges(&edges, 0, height, scratch, ridges);
    result_bytes("ridges", ridges, count);
    float *shape = numbers(side);
    for (int i = 0; i < 9; i++)
        pixels_add_patch(shape, side, 0, side, 0.9f, 0.1f * (float)i, width, weighted + i * (16 * width + 16), weights + i * (16 * width + 16));
    for (int i = 0; i < count; i++) weights[i] = fabsf(weights[i]);
    float greatest = pixels_probability(weighted, weights, levels, width, width, 0, height, map);
    result("greatest probability", &greatest, 1, 0);
    result("probabilities", map, count, 0);
    pixels_support(weighted, weights, count, map);
    result("support", map, count, 0);
    float peak = (float)pixels_peak(map, levels, count);
    result("peak", &peak, 1, 0);
    cnn_free(phase), cnn_free(weighted), cnn_free(weights), cnn_free(map), cnn_free(scratch), cnn_free(shape);
}

int main(int count, char **arguments)
{
    if (count != 3 || (strcmp(arguments[1], "write") != 0 && strcmp(arguments[1], "compare") != 0)) stop("usage: kernels write|compare FILE");
    comparing = arguments[1][0] == 'c';
    file = fopen(arguments[2], comparing ? "rb" : "wb");
    if (!file) stop("the file cannot be opened");
    const cnn_kernels *kernels = cnn_kernels_named("plain");
    products(kernels);
    convolutions(kernels);
    depthwise(kernels);
    poolings(kernels);
    planes();
    winograd();
    pixels();
    if (comparing && fgetc(file) != EOF) stop("the file was written by another version of this program");
    if (fclose(file) != 0) stop("the results cannot be written");
    if (comparing) printf("%d results of the C kernels, %d differ; the greatest difference is %.1e of a result's greatest value\n", results, failures, worst);
    return failures > 0;
}
