"""Writes the small GeoTIFFs beside this script with tifffile, so that the reader is checked against a writer that is not libtiff.

    pip install tifffile imagecodecs numpy && python3 make-fixtures.py

All hold phase(row, column) = ((row * 37 + column * 11) % 601) / 100 - 3, row 0 in the north, with no data (0) in rows 3 to 5 of columns
4 to 9; 24 columns and 18 rows of 0.001 degrees, north-west corner 91.5 W 0.25 S.
"""
import numpy as np, pathlib, tifffile

row, column = np.mgrid[0:18, 0:24]
phase = (((row * 37 + column * 11) % 601) / 100 - 3).astype("f4")
phase[3:6, 4:10] = 0
coherence = (row * 24 + column) % 255 + 1
here = pathlib.Path(__file__).parent


def keys(registration):
    return (34735, 3, 16, (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, registration, 2048, 0, 1, 4326), True)


def write(name, data, registration=1, southUp=False, byteorder="<", bigtiff=False, **options):
    half = 0.0005 if registration == 2 else 0
    if southUp:
        matrix = (0.001, 0, 0, -91.5 + half, 0, 0.001, 0, -0.268 + half, 0, 0, 0, 0, 0, 0, 0, 1)
        place = [(34264, 12, 16, matrix, True)]
    else:
        place = [(33550, 12, 3, (0.001, 0.001, 0), True), (33922, 12, 6, (0, 0, 0, -91.5 + half, -0.25 - half, 0), True)]
    tifffile.imwrite(
        here / name, data[::-1] if southUp else data, byteorder=byteorder, bigtiff=bigtiff, photometric="minisblack", metadata=None,
        software=False, extratags=place + [keys(registration)], **options)


write("plain.tif", phase, rowsperstrip=1)
write("deflate-predictor3.tif", phase, compression="adobe_deflate", predictor=3, rowsperstrip=1)
write("lzw-predictor3-point.tif", phase, registration=2, compression="lzw", predictor=3, rowsperstrip=5)
write("deflate-predictor3-bigendian.tif", phase, byteorder=">", compression="adobe_deflate", predictor=3, rowsperstrip=4)
write("deflate-tiles-big-southup.tif", phase, southUp=True, bigtiff=True, compression="adobe_deflate", predictor=3, tile=(16, 16))
write("float64-lzw.tif", phase.astype("f8"), compression="lzw", rowsperstrip=18)
write("coherence-deflate-predictor2.tif", coherence.astype("u1"), compression="adobe_deflate", predictor=2, rowsperstrip=4)
write("height-int16-lzw-predictor2.tif", (coherence * 7 - 600).astype("i2"), compression="lzw", predictor=2, rowsperstrip=4)
write("height-uint16-bigendian.tif", (coherence * 7).astype("u2"), byteorder=">", compression="adobe_deflate", predictor=2, tile=(16, 16))
