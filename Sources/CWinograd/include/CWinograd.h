// Winograd's convolution, 4 x 4 outputs a tile, for kernels of 3 x 3 and 5 x 5: the transforms between maps and tiles, and of tiles.
//
// Tiles lie element by element: row (y * n + x) holds that element of `count` tiles, rows `stride` floats apart. So every loop runs
// over many tiles at once, whatever the vector unit. The products in between are matrix products.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Which transform; the number of elements along a side changes from `from` to `to`: kernels 3 or 5 wide (r), n = r + 3.
enum winograd_transform {
    winograd_input,         // n to n
    winograd_input_back,    // n to n
    winograd_output,        // n to 4
    winograd_output_back,   // 4 to n
    winograd_kernel,        // r to n
    winograd_kernel_back,   // n to r
};

/// Transforms `count` tiles. `scratch` holds at least 64 * n * n floats.
void winograd_apply(
    enum winograd_transform transform, int kernel, const float *from, long from_stride, float *to, long to_stride, long count, float *scratch);

/// How a map is cut into tiles of side `size`, one every 4 pixels, the first one beginning `padding` pixels outside.
struct winograd_grid {
    long height, width;
    long rows, columns;
    long size;
    long padding_y, padding_x;
};

/// Tiles of a map, 0 outside it: tile t of the map goes to to[t], element rows `stride` apart.
void winograd_cut(const float *map, const struct winograd_grid *grid, float *to, long stride);

/// The opposite, for tiles that do not overlap: map = tiles + offset, what lies outside is dropped.
void winograd_lay(const float *tiles, long stride, const struct winograd_grid *grid, float offset, float *map);

/// Tiles that overlap are added up on what the map holds.
void winograd_add(const float *tiles, long stride, const struct winograd_grid *grid, float *map);

#ifdef __cplusplus
}
#endif
