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

/// A row of a plane: its values, or codes with their table. Neither where the plane has no such row.
typedef struct {
    const float *values;
    const uint8_t *codes;
    const float *table;
} plane_row;

/// Pixels from..<to of a map's row: `block` values from each of the rows, one after another; 0 beyond their ends and where there is no row.
static void load_edge(const plane_row *rows, int count, int width, int block, int shift, int from, int to, float *target, ptrdiff_t pixel)
{
    for (int x = from; x < to; x++)
        for (int r = 0; r < count; r++)
            for (int i = 0; i < block; i++) {
                int source = x * block - shift + i, inside = source >= 0 && source < width;
                float *value = target + x * pixel + r * block + i;
                if (inside && rows[r].values) *value = rows[r].values[source];
                else *value = inside && rows[r].codes ? rows[r].table[rows[r].codes[source]] : 0;
            }
}

/// The same where every pixel has all its values. Pixel by pixel, for a pixel's values lie together in the map.
static inline __attribute__((always_inline)) void load_inside(
    const plane_row *rows, int count, int block, int shift, int from, int to, float *target, ptrdiff_t pixel)
{
    for (int x = from; x < to; x++)
        for (int r = 0; r < count; r++) {
            float *to_values = target + x * pixel + r * block;
            int source = x * block - shift;
            if (rows[r].codes) for (int i = 0; i < block; i++) to_values[i] = rows[r].table[rows[r].codes[source + i]];
            else if (rows[r].values) memcpy(to_values, rows[r].values + source, sizeof(float) * (size_t)block);
            else memset(to_values, 0, sizeof(float) * (size_t)block);
        }
}

/// One row of a map; the rows' first value lies `shift` after the first one that is read.
static void load_row(const plane_row *rows, int count, int width, int block, int shift, int map_width, float *target, ptrdiff_t pixel)
{
    int first = (shift + block - 1) / block, last = (width + shift) / block;
    if (first > map_width) first = map_width;
    if (last > map_width) last = map_width;
    if (last < first) last = first;
    load_edge(rows, count, width, block, shift, 0, first, target, pixel);
    if (block == 1) load_inside(rows, count, 1, shift, first, last, target, pixel);
    else if (block == 4) load_inside(rows, count, 4, shift, first, last, target, pixel);
    else load_inside(rows, count, block, shift, first, last, target, pixel);
    load_edge(rows, count, width, block, shift, last, map_width, target, pixel);
}

static plane_row row_of(const cnn_planes *planes, int item, int channel, int y)
{
    plane_row row = {0};
    if (y < 0 || y >= planes->height) return row;
    ptrdiff_t plane = planes->codes ? item : (ptrdiff_t)item * planes->channels + channel;
    ptrdiff_t first = (plane * planes->height + y) * planes->width;
    if (planes->codes) row.codes = planes->codes + first, row.table = planes->tables + 256 * channel;
    else row.values = planes->values + first;
    return row;
}

void cnn_load_planes(const cnn_planes *planes, int32_t block, int32_t shift, const cnn_map *map, int32_t from, int32_t to)
{
    enum { MOST = 64 };  // rows at a time
    int used = planes->channels * block * block, count = planes->channels * block;
    for (int item = 0; item < map->items; item++)
        for (int y = from; y < to; y++) {
            float *target = pixel_of(map, item, y, 0);
            for (int x = 0; used < map->channels && x < map->width; x++)
                memset(target + x * map->pixel + used, 0, sizeof(float) * (size_t)(map->channels - used));
            for (int begin = 0; begin < count; begin += MOST) {
                plane_row rows[MOST];
                int some = count - begin < MOST ? count - begin : MOST;
                for (int r = 0; r < some; r++)
                    rows[r] = row_of(planes, item, (begin + r) / block, y * block - shift + (begin + r) % block);
                load_row(rows, some, planes->width, block, shift, map->width, target + begin * block, map->pixel);
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
