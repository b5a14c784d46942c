// What a picture needs: cairo draws it, zlib packs it. cairo's own PNG writer knows no palettes, and a map with one is a third the size.
#include <cairo.h>
#include <zlib.h>
