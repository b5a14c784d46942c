// Elevation tiles come packed by gzip.
#include <zlib.h>
