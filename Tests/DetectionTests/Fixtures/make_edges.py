#!/usr/bin/env python3
"""Makes rings.pgm and rings-edges.pgm: a noisy fringe pattern and its edges by OpenCV's Canny.

    pip install opencv-python-headless numpy
    python3 make_edges.py
"""
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
SIDE = 160

rng = np.random.default_rng(3)
y, x = np.mgrid[0:SIDE, 0:SIDE]
phase = 25 / (1 + ((x - 70) ** 2 + (y - 90) ** 2) / 50.0**2) ** 1.5 + 0.4 * rng.standard_normal((SIDE, SIDE))
grey = np.round((np.angle(np.exp(1j * phase)) + np.pi) * 256 / (2 * np.pi)).astype(int) % 256
grey[grey == 128] = 129
grey = grey.astype(np.uint8)
# The filter and the gradient in float, then in sixteenths: OpenCV's own chain rounds the filtered image to whole grey levels.
smooth = cv2.GaussianBlur(grey.astype(np.float32), (13, 13), 2)
x, y = (np.round(16 * cv2.Sobel(smooth, cv2.CV_32F, *axis)).astype(np.int16) for axis in ((1, 0), (0, 1)))
edges = cv2.Canny(x, y, 16 * 60, 16 * 150)
cv2.imwrite(str(HERE / "rings.pgm"), grey)
cv2.imwrite(str(HERE / "rings-edges.pgm"), edges)
