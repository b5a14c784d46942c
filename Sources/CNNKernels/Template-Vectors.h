// The beginning of every instruction set's file. Before it: LANES, VECTORS (vectors in a panel) and NAME(x), and the target.
// ROWS x VECTORS results are kept in registers while a product runs along its inputs.
#include "Kernels.h"
#include "WinogradPoints.h"

#define INLINE static inline __attribute__((always_inline))
#define ROWS 6
#define PANEL (LANES * VECTORS)
_Static_assert(CNN_CHANNELS % LANES == 0, "a map's channels fill whole vectors");

typedef float vector __attribute__((ext_vector_type(LANES)));
typedef float loose_vector __attribute__((ext_vector_type(LANES), aligned(4), may_alias));

INLINE vector load(const float *from) { return *(const loose_vector *)from; }
INLINE void store(float *to, vector value) { *(loose_vector *)to = value; }
INLINE vector splat(float value) { return (vector)(value); }
/// b where it is not a number: a ReLU as greater(0, x) hands NaN on.
INLINE vector greater(vector a, vector b) { return a > b ? a : b; }

INLINE float *pixel_of(const cnn_map *map, int item, int y, int x)
{
    return map->values + item * map->item + y * map->row + x * map->pixel;
}
