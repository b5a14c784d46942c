#include "CTIFF.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

// With TIFF_VARIABLE2 counts are uint32_t; ctiff_get_doubles and its siblings rely on that.
static const TIFFFieldInfo geo_fields[] = {
    {CTIFF_MODEL_PIXEL_SCALE, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelPixelScale"},
    {CTIFF_MODEL_TIEPOINT, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelTiepoint"},
    {CTIFF_MODEL_TRANSFORMATION, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelTransformation"},
    {CTIFF_GEO_KEY_DIRECTORY, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_SHORT, FIELD_CUSTOM, 1, 1, "GeoKeyDirectory"},
    {CTIFF_GEO_DOUBLE_PARAMS, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "GeoDoubleParams"},
    {CTIFF_GEO_ASCII_PARAMS, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GeoAsciiParams"},
    {CTIFF_GDAL_NO_DATA, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GDALNoData"},
};

static void extend(TIFF *tiff) {
    TIFFMergeFieldInfo(tiff, geo_fields, sizeof geo_fields / sizeof geo_fields[0]);
}

// The tag extender and the fall-back handlers are global to the process, so they are set once, before the first file.
static void set_up(void) {
    TIFFSetTagExtender(extend);
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
}

static int collect(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    ctiff_log *log = user;
    if (log->errors++ == 0) vsnprintf(log->first, sizeof log->first, format, arguments);
    return 1;
}

static int ignore(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)user, (void)module, (void)format, (void)arguments;
    return 1;
}

TIFF *ctiff_open(int descriptor, const char *name, const char *mode, int64_t largest, ctiff_log *log) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up);
    log->errors = 0;
    log->first[0] = 0;
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, largest);
    TIFFOpenOptionsSetErrorHandlerExtR(options, collect, log);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ignore, NULL);
    TIFF *tiff = TIFFFdOpenExt(descriptor, name, mode, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

int ctiff_get_u16(TIFF *tiff, uint32_t tag, uint16_t *value) { return TIFFGetFieldDefaulted(tiff, tag, value); }

int ctiff_get_u32(TIFF *tiff, uint32_t tag, uint32_t *value) { return TIFFGetFieldDefaulted(tiff, tag, value); }

const double *ctiff_get_doubles(TIFF *tiff, uint32_t tag, uint32_t *count) {
    double *values = NULL;
    return TIFFGetField(tiff, tag, count, &values) ? values : NULL;
}

const uint16_t *ctiff_get_shorts(TIFF *tiff, uint32_t tag, uint32_t *count) {
    uint16_t *values = NULL;
    return TIFFGetField(tiff, tag, count, &values) ? values : NULL;
}

const char *ctiff_get_text(TIFF *tiff, uint32_t tag) {
    char *text = NULL;
    return TIFFGetField(tiff, tag, &text) ? text : NULL;
}

// A uint16_t travels through varargs as int, which is what libtiff takes back out.
int ctiff_set_u16(TIFF *tiff, uint32_t tag, uint16_t value) { return TIFFSetField(tiff, tag, (int)value); }

int ctiff_set_u32(TIFF *tiff, uint32_t tag, uint32_t value) { return TIFFSetField(tiff, tag, value); }

int ctiff_set_doubles(TIFF *tiff, uint32_t tag, const double *values, uint32_t count) {
    return TIFFSetField(tiff, tag, count, values);
}

int ctiff_set_shorts(TIFF *tiff, uint32_t tag, const uint16_t *values, uint32_t count) {
    return TIFFSetField(tiff, tag, count, values);
}

int ctiff_set_text(TIFF *tiff, uint32_t tag, const char *text) { return TIFFSetField(tiff, tag, text); }
