// libtiff 4.5 for Swift: typed functions for what is variadic there, and errors collected per file instead of printed.
#pragma once
#include <stdint.h>
#include <tiffio.h>

// GeoTIFF and GDAL tags that libtiff does not know by itself (OGC 19-008, annex B; GDAL's GTiff driver).
enum {
    CTIFF_MODEL_PIXEL_SCALE = 33550,
    CTIFF_MODEL_TIEPOINT = 33922,
    CTIFF_MODEL_TRANSFORMATION = 34264,
    CTIFF_GEO_KEY_DIRECTORY = 34735,
    CTIFF_GEO_DOUBLE_PARAMS = 34736,
    CTIFF_GEO_ASCII_PARAMS = 34737,
    CTIFF_GDAL_NO_DATA = 42113,
};

/// The errors of one open file. Warnings are dropped. Must outlive the TIFF handle that was opened with it.
typedef struct {
    int errors;
    /// The first error since `errors` was last set to 0, NUL-terminated; later ones are usually its consequences.
    char first[256];
} ctiff_log;

/// Opens the first directory. `mode` as for TIFFOpen. No single allocation that the file's content asks for may pass `largest` bytes.
/// The descriptor belongs to the result and is closed by TIFFClose; it stays the caller's when NULL is returned.
TIFF *ctiff_open(int descriptor, const char *name, const char *mode, int64_t largest, ctiff_log *log);

// TIFFGetField is variadic, unavailable in Swift. 1 if the tag is there (for the first two: or has a default), else 0.
int ctiff_get_u16(TIFF *tiff, uint32_t tag, uint16_t *value);
int ctiff_get_u32(TIFF *tiff, uint32_t tag, uint32_t *value);

// Arrays and text belong to the handle and live until it is closed. NULL where the tag is missing.
const double *ctiff_get_doubles(TIFF *tiff, uint32_t tag, uint32_t *count);
const uint16_t *ctiff_get_shorts(TIFF *tiff, uint32_t tag, uint32_t *count);
const char *ctiff_get_text(TIFF *tiff, uint32_t tag);

// TIFFSetField, likewise. 1 on success.
int ctiff_set_u16(TIFF *tiff, uint32_t tag, uint16_t value);
int ctiff_set_u32(TIFF *tiff, uint32_t tag, uint32_t value);
int ctiff_set_doubles(TIFF *tiff, uint32_t tag, const double *values, uint32_t count);
int ctiff_set_shorts(TIFF *tiff, uint32_t tag, const uint16_t *values, uint32_t count);
int ctiff_set_text(TIFF *tiff, uint32_t tag, const char *text);
