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

/// How maps are cut into tiles of side `size`, one every 4 pixels, the first one beginning `padding` pixels outside.
struct winograd_grid {
    long height, width;
    long rows, columns;
    long size;
    long padding_y, padding_x;
};

/// Floats that the three functions below need at `padded`: the maps with a margin.
long winograd_padded_count(const struct winograd_grid *grid, long items);

/// Tiles, 4, 6 or 8 wide, of one map of each item, 0 outside it; the items' maps lie `item_stride` floats apart. Tile t goes to to[t],
/// element rows `stride` apart; up to 7 floats after the last tile of each row are written too.
void winograd_cut(const float *maps, long item_stride, long items, const struct winograd_grid *grid, float *to, long stride, float *padded);

/// The opposite, for tiles of 4 x 4, which do not overlap: maps = tiles + offset, what lies outside is dropped.
/// Up to 7 floats after the last tile of each row are read.
void winograd_lay(
    const float *tiles, long stride, long items, const struct winograd_grid *grid, float offset, float *maps, long item_stride, float *padded);

/// Tiles of 6 x 6 or 8 x 8 are added up, to what the maps hold where `adding`.
void winograd_add(
    const float *tiles, long stride, long items, const struct winograd_grid *grid, int adding, float *maps, long item_stride, float *padded);

#ifdef __cplusplus
}
#endif
