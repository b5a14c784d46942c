// Loops over the pixels of an interferogram, each compiled for AVX2 and for any machine, chosen when the program is loaded. Both
// give the same numbers to the last bit.
//
// Grey levels are those of Detection's GreyImage: 128 is no data.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Grey levels of wrapped phase: one cycle is 256 levels, -pi is 0, a valid 128 becomes 129, what is not finite 128.
void pixels_grey(const float *phase, size_t count, uint8_t *levels);

/// Undoes TIFF's floating-point predictor (Adobe Photoshop TIFF Technical Note 3) for one row of 32-bit numbers in one band.
/// - row: 4 * count bytes, each the difference to the one before: first all highest bytes of the numbers, then the next ones. The sums replace
///   them.
/// - bits: the numbers.
void pixels_sum_differences(uint8_t *row, size_t count, uint32_t *bits);

/// How many values are numbers.
size_t pixels_count_numbers(const float *values, size_t count);

/// How many pixels of a square are something else than `absent`.
/// - pixels: at the square's upper left pixel; `width` a row of the image.
size_t pixels_count(const uint8_t *pixels, size_t width, int32_t side, uint8_t absent);
/// How many are `least` or more.
size_t pixels_count_from(const uint8_t *pixels, size_t width, int32_t side, uint8_t least);

/// Canny's ridges, rows from..<to of an image: a Gaussian that takes the mean of the pixels with data only, Sobel's gradient, 0 where it
/// touches no data or the outside, and of that the pixels that are the greatest along their own gradient's direction.
typedef struct {
    const uint8_t *levels;
    int32_t width, height;
    /// The Gaussian from its centre outwards, radius + 1 values.
    const float *weights;
    int32_t radius;
    /// Least |x| + |y| of the gradient for a weak and for a strong edge.
    float low, high;
} pixels_edges;

/// - scratch: `pixels_ridges_scratch` floats of any content.
/// - ridges: the whole image's; in rows from..<to 0 for none, 1 for a weak one, 2 for a strong one.
void pixels_ridges(const pixels_edges *edges, int32_t from, int32_t to, float *scratch, uint8_t *ridges);
size_t pixels_ridges_scratch(int32_t width, int32_t radius);

/// Adds a square patch with its Gaussian weight to sums over an image: weights += share * profile * profile, weighted += probability times
/// that.
/// - from, to: only these rows of the patch.
/// - weighted, weights: at the patch's upper left pixel; `width` values a row of the image.
void pixels_add_patch(
    const float *profile, int32_t side, int32_t from, int32_t to, float share, float probability, size_t width, float *weighted,
    float *weights);

/// result = weighted / weights, NaN where no weight or no data lies, for rows from..<to. Returns the greatest of them, 0 of nothing.
/// - image_width: values a row of the sums and levels; `width` a row of the result, the first ones of each.
float pixels_probability(
    const float *weighted, const float *weights, const uint8_t *levels, size_t image_width, size_t width, size_t from, size_t to, float *result);

/// result = weighted / (weights + half the greatest weight), 0 where there is no weight.
void pixels_support(const float *weighted, const float *weights, size_t count, float *result);

/// The first of the greatest values where there is data; -1 where none of them is above 0.
ptrdiff_t pixels_peak(const float *values, const uint8_t *levels, size_t count);
