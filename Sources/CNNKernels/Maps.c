// Planes into maps and back, and the borders of maps.
#include <string.h>
#include "CNNKernels.h"

static float *pixel_of(const cnn_map *map, int item, int y, int x)
{
    return map->values + item * map->item + y * map->row + x * map->pixel;
}

static void clear_pixels(float *from, ptrdiff_t pixel, int channels, int count)
{
    if (pixel == channels) memset(from, 0, sizeof(float) * (size_t)channels * (size_t)count);
    else for (int x = 0; x < count; x++) memset(from + x * pixel, 0, sizeof(float) * (size_t)channels);
}

void cnn_clear_border(const cnn_map *map, int32_t top, int32_t bottom, int32_t left, int32_t right)
{
    int breadth = left + map->width + right;
    for (int item = 0; item < map->items; item++)
        for (int y = -top; y < map->height + bottom; y++) {
            if (y < 0 || y >= map->height) {
                clear_pixels(pixel_of(map, item, y, -left), map->pixel, map->channels, breadth);
            } else {
                clear_pixels(pixel_of(map, item, y, -left), map->pixel, map->channels, left);
                clear_pixels(pixel_of(map, item, y, map->width), map->pixel, map->channels, right);
            }
        }
}

/// Pixels from..<to of a map's row, for each of them the values of a plane's row, or 0 beyond its ends.
static void load_edge(const float *row, int width, int block, int shift, int from, int to, float *target, ptrdiff_t pixel)
{
    for (int x = from; x < to; x++)
        for (int i = 0; i < block; i++) {
            int source = x * block - shift + i;
            target[x * pixel + i] = source >= 0 && source < width ? row[source] : 0;
        }
}

/// One row of one plane, `block` values to a pixel of the map; the row begins `shift` pixels after the first one that is read.
static void load_row(const float *row, int width, int block, int shift, int map_width, float *target, ptrdiff_t pixel)
{
    // Between them every pixel has all its values.
    int first = (shift + block - 1) / block, last = (width + shift) / block;
    if (first > map_width) first = map_width;
    if (last > map_width) last = map_width;
    if (last < first) last = first;
    load_edge(row, width, block, shift, 0, first, target, pixel);
    const float *from = row + first * block - shift;
    float *to = target + first * pixel;
    if (block == 4) for (int x = first; x < last; x++, from += 4, to += pixel) memcpy(to, from, 4 * sizeof(float));
    else for (int x = first; x < last; x++, from += block, to += pixel) for (int i = 0; i < block; i++) to[i] = from[i];
    load_edge(row, width, block, shift, last, map_width, target, pixel);
}

void cnn_load_planes(
    const float *planes, int32_t channels, int32_t height, int32_t width, int32_t block, int32_t shift, const cnn_map *map, int32_t from,
    int32_t to)
{
    int used = channels * block * block;
    for (int item = 0; item < map->items; item++)
        for (int y = from; y < to; y++) {
            float *target = pixel_of(map, item, y, 0);
            for (int x = 0; used < map->channels && x < map->width; x++)
                memset(target + x * map->pixel + used, 0, sizeof(float) * (size_t)(map->channels - used));
            for (int i = 0; i < block; i++) {
                int source = y * block - shift + i;
                for (int c = 0; c < channels; c++) {
                    float *to = target + (c * block + i) * block;
                    if (source >= 0 && source < height) {
                        const float *row = planes + (((ptrdiff_t)item * channels + c) * height + source) * width;
                        if (block == 1 && channels == 1 && map->pixel == 1 && shift == 0) memcpy(to, row, sizeof(float) * (size_t)map->width);
                        else load_row(row, width, block, shift, map->width, to, map->pixel);
                    } else {
                        for (int x = 0; x < map->width; x++)
                            for (int j = 0; j < block; j++) to[x * map->pixel + j] = 0;
                    }
                }
            }
        }
}

void cnn_store_planes(const cnn_map *map, const int32_t *channels, int32_t count, float *planes)
{
    for (int item = 0; item < map->items; item++)
        for (int c = 0; c < count; c++)
            for (int y = 0; y < map->height; y++)
                for (int x = 0; x < map->width; x++) *planes++ = pixel_of(map, item, y, x)[channels[c]];
}
