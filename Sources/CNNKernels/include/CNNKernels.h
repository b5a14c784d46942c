// Kernels for running a network on a CPU: one source for every instruction set, chosen at run time.
//
// Values are float32. A map holds the pixels of a batch with the channels fastest (NHWC), the channels filled up with zeros to
// a multiple of CNN_CHANNELS. Whoever reads over a map's edge (a convolution with padding) finds a border of zeros there, which
// belongs to the map's memory: kernels never test for edges.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Maps have a multiple of this many channels, so that every instruction set reads and writes whole vectors.
#define CNN_CHANNELS 16

typedef struct {
    /// The first channel of pixel (0, 0) of the first item.
    float *values;
    /// From one item, row and pixel to the next, in floats. A convolution's stride is multiplied in here.
    ptrdiff_t item, row, pixel;
    int32_t items, height, width, channels;
} cnn_map;

/// out(pixel, n) = bias(n) + sum over k of in(pixel, k) * weights(k, n): a convolution, or a dense layer with one pixel an item.
///
/// What a pixel reads is a list of runs of floats: one run for each row of a convolution's kernel where the input's pixels lie
/// side by side.
typedef struct {
    /// From cnn_pack_product.
    const float *weights;
    /// One for each output, or NULL for zeros.
    const float *bias;
    /// Where each run begins, floats from the first value under the kernel.
    const ptrdiff_t *runs;
    int32_t run_count, run_length;
    /// How many runs make a group: their weights for one panel of outputs stay in the first cache. Divides run_count.
    int32_t group;
    /// A multiple of CNN_CHANNELS.
    int32_t outputs;
    /// Not 0: negative results become 0.
    int32_t relu;
} cnn_product;

/// A square convolution of stride 1, by Winograd's method: each `tile` x `tile` block of outputs costs (tile + taps - 1)^2
/// multiplications for each pair of channels instead of tile^2 taps^2.
typedef struct {
    /// From cnn_pack_winograd.
    const float *weights;
    const float *bias;
    int32_t tile, taps;
    /// Multiples of CNN_CHANNELS.
    int32_t inputs, outputs;
    /// How many outputs are computed together; a multiple of the kernels' panel, except where it is all of them.
    int32_t output_group;
    /// The most blocks of outputs that are transformed together.
    int32_t block;
    int32_t relu;
} cnn_winograd;

/// A convolution that sees each channel for itself ("depthwise"): out(pixel, c) = bias(c) + sum over taps of in(pixel + tap, c) * weights(tap, c).
typedef struct {
    /// (rows, columns, channels), and (channels): with zeros for the map's filling.
    const float *weights;
    const float *bias;
    int32_t rows, columns;
    /// From one tap to the next in the input, in floats: a dilation is multiplied in here, a stride is not.
    ptrdiff_t tap_row, tap_column;
    /// Not 0: negative results become 0.
    int32_t relu;
} cnn_depthwise;

/// The same for a single channel whose pixels lie side by side, as training has them, with zeros where it reads over the edge. Output rows lie
/// `step` input rows apart; of its columns every one is computed.
typedef struct {
    int32_t rows, columns;
    /// Of the output; the width is a multiple of CNN_CHANNELS.
    int32_t height, width;
    ptrdiff_t input_row, output_row;
    int32_t step;
} cnn_plane_window;

/// A pooling window. Pixels outside the map do not count for a maximum; for a mean they count as 0 or not at all.
typedef struct {
    int32_t height, width, row_stride, column_stride, row_padding, column_padding;
    /// Not 0: a mean divides by the whole window, also over the edge.
    int32_t count_padding;
} cnn_window;

typedef struct cnn_kernels cnn_kernels;

/// "avx512", "avx2", "plain", and "wide": the 16-lane code of avx512 on AVX2, which is slow and there to be tested.
/// NULL where this processor cannot run them or there are none of that name.
const cnn_kernels *cnn_kernels_named(const char *name);
/// The fastest that this processor can run.
const cnn_kernels *cnn_kernels_best(void);
const char *cnn_kernels_name(const cnn_kernels *kernels);

/// Weights (outputs, inputs, kernel height, kernel width) in the order in which the product reads them.
///
/// - channels: for each channel of the input map, which input of the weights it is, or -1 for filling.
typedef struct {
    const float *weights;
    int32_t outputs, inputs, rows, columns;
    const int32_t *channels;
    int32_t map_channels;
} cnn_source;
/// The runs take what is under the kernel in the order rows, columns, channels, `run_length` values each.
/// packed: outputs (rounded up to CNN_CHANNELS) * map channels * rows * columns floats.
void cnn_pack_product(const cnn_kernels *kernels, const cnn_source *source, int32_t run_length, int32_t group, float *packed);
/// packed: (tile + taps - 1)^2 * map channels * outputs (rounded up) floats. 0 where there is no such transformation.
int cnn_pack_winograd(const cnn_kernels *kernels, const cnn_source *source, const cnn_winograd *shape, float *packed);
/// How many floats of scratch cnn_run_winograd needs.
size_t cnn_winograd_scratch(const cnn_winograd *winograd);

/// Outputs from..<to (multiples of the panel's width; `to` may also be all of them) of all pixels of `output`.
/// - input: its `values` at the corner under the kernel of output pixel (0, 0); its strides times the convolution's.
/// - addend: added before the ReLU; NULL for none.
void cnn_run_product(
    const cnn_kernels *kernels, const cnn_product *product, const cnn_map *input, const cnn_map *output, const cnn_map *addend,
    int32_t from, int32_t to);
int32_t cnn_panel(const cnn_kernels *kernels);

/// Blocks from..<to of all outputs, counted row by row and item by item.
/// - input: its `values` at the corner under the kernel of output pixel (0, 0). It is read up to the last block's end, past the
///   output's edge: its border must reach there.
void cnn_run_winograd(
    const cnn_kernels *kernels, const cnn_winograd *winograd, const cnn_map *input, const cnn_map *output, const cnn_map *addend,
    float *scratch, int32_t from, int32_t to);

/// - input: as for cnn_run_product.
void cnn_run_depthwise(const cnn_kernels *kernels, const cnn_depthwise *depthwise, const cnn_map *input, const cnn_map *output);
/// output(y, x) = sum over taps of input(step * y + i, x + j) * weights(i, j).
void cnn_run_plane(
    const cnn_kernels *kernels, const cnn_plane_window *window, const float *weights, const float *input, float *output);
/// sums(i, j) += sum over the output's pixels of input(step * y + i, x + j) * gradient(y, x), whose rows are as the output's.
void cnn_add_plane_products(
    const cnn_kernels *kernels, const cnn_plane_window *window, const float *input, const float *gradient, float *sums);

void cnn_run_maximum(const cnn_kernels *kernels, const cnn_window *window, const cnn_map *input, const cnn_map *output);
void cnn_run_mean(const cnn_kernels *kernels, const cnn_window *window, const cnn_map *input, const cnn_map *output);
/// The mean and the greatest value of each whole map of channels; either may be NULL. One row of `channels` floats an item,
/// `stride` floats apart.
void cnn_run_whole(const cnn_kernels *kernels, const cnn_map *input, float *mean, float *greatest, ptrdiff_t stride);
/// output = a + b, then ReLU if asked.
void cnn_run_sum(const cnn_kernels *kernels, const cnn_map *a, const cnn_map *b, const cnn_map *output, int32_t relu);
/// output = max(input * scale(channel) + shift(channel), low); `low` is 0 for a ReLU, -infinity for none. In place is allowed.
void cnn_run_scale(
    const cnn_kernels *kernels, const float *scale, const float *shift, float low, const cnn_map *input, const cnn_map *output);

/// For a thread that waits awake: leaves a core that it shares to the other thread.
static inline void cnn_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

/// Multiplies and adds between registers as the product does, `rounds` times, and returns how many operations that were: for
/// measuring a machine's limit.
double cnn_burn(const cnn_kernels *kernels, int64_t rounds);
/// a = b + 3 c, for measuring the memory.
void cnn_triad(float *a, const float *b, const float *c, size_t count);

/// Zeroed floats at a page's or a cache line's begin; large blocks on large pages where the system has them. NULL where there is no memory.
float *cnn_allocate(size_t count);
void cnn_free(float *values);
/// The allocator keeps up to 128 MiB that are freed, for later; nothing where it is not glibc's.
void cnn_keep_freed_memory(void);

/// Zeros in the border of a map: `top` rows above, `bottom` below, `left` pixels before each row, `right` after it.
void cnn_clear_border(const cnn_map *map, int32_t top, int32_t bottom, int32_t left, int32_t right);
/// A batch as it comes: values (items, channels, height, width), or bytes that stand for them.
typedef struct {
    /// NULL where there are codes.
    const float *values;
    /// (items, height, width), each the index of a pixel's value in every channel's table; NULL where there are values.
    const uint8_t *codes;
    /// (channels, 256).
    const float *tables;
    int32_t channels, height, width;
} cnn_planes;

/// Planes into a map, `block` x `block` pixels becoming the channels of one: its channel
/// (c * block + y) * block + x. Pixel (0, 0) of the planes becomes pixel (shift, shift) of the finer grid; what the map has
/// beyond the planes becomes 0. Only the map's rows from..<to are written.
void cnn_load_planes(const cnn_planes *planes, int32_t block, int32_t shift, const cnn_map *map, int32_t from, int32_t to);
/// The other way, for some channels of a map: channel channels[c] of the map becomes plane c.
void cnn_store_planes(const cnn_map *map, const int32_t *channels, int32_t count, float *planes);
