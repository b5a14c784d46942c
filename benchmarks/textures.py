"""How alike synthetic and real patches are: noise, roughness and missing data, as a picture and a table.

    python3 benchmarks/textures.py REAL SYNTHETIC OUT.png

REAL and SYNTHETIC are folders of labelled grey chips (deformation/ and none/, 256 levels a cycle, 128 = no data), the second as
`fringewatch synthesize FOLDER --patches` writes them. Needs numpy, pillow and matplotlib.

Measured in each chip's middle 224 x 224 pixels:
  agreement   |mean exp(i d)| in blocks of 8 x 8, d the phase's second difference along a row: 1 where the phase is smooth, about 0.15
              where it is noise
  roughness   the root mean square of the first difference over 4 pixels, radians, where the phase is smooth
  data        the share of pixels with data
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

BLOCK = 8


def chips(folder, label):
    for path in sorted((Path(folder) / label).glob("*.png")):
        levels = np.asarray(Image.open(path))
        top, left = ((size - 224) // 2 for size in levels.shape)
        yield levels[top : top + 224, left : left + 224]


def measure(levels):
    data = levels != 128
    phasor = np.exp(2j * np.pi * (levels.astype(float) - 128) / 256)
    second = phasor[:, 2:] * phasor[:, :-2] * phasor[:, 1:-1].conj() ** 2
    known = data[:, 2:] & data[:, :-2] & data[:, 1:-1]
    height, width = (size // BLOCK * BLOCK for size in known.shape)
    blocks = (height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    count = known[:height, :width].reshape(blocks).sum((1, 3))
    total = np.abs(np.where(known, second, 0)[:height, :width].reshape(blocks).sum((1, 3)))
    agreement = (total / np.maximum(count, 1))[count > 40]
    step = np.angle(phasor[:, 4:] * phasor[:, :-4].conj())
    both = data[:, 4:] & data[:, :-4]
    height, width = (size // BLOCK * BLOCK for size in both.shape)
    blocks = (height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    n = both[:height, :width].reshape(blocks).sum((1, 3))
    square = np.where(both, step, 0)[:height, :width] ** 2
    rough = np.sqrt(square.reshape(blocks).sum((1, 3)) / np.maximum(n, 1))
    rough = rough[(n > 40) & (rough < 1.2)]
    return agreement, rough, data.mean()


def summary(folder, label):
    measured = [measure(levels) for levels in chips(folder, label)]
    if not measured:
        sys.exit(f"{folder}/{label} holds no PNG")
    agreement, rough, data = zip(*measured)
    noisy = np.array([(a < 0.35).mean() if len(a) else 1.0 for a in agreement])
    return np.concatenate(agreement), np.concatenate(rough), np.array(data), noisy


def main(real, synthetic, out):
    figure, axes = plt.subplots(2, 4, figsize=(15, 6.2), constrained_layout=True)
    titles = ["agreement of 8 x 8 blocks", "roughness of smooth blocks [rad]", "share of noisy blocks a chip", "share of pixels with data"]
    edges = [np.linspace(0, 1, 26), np.linspace(0, 1.2, 25), np.linspace(0, 1, 21), np.linspace(0, 1, 21)]
    print("| chips | noisy share: 10 %, 50 %, 90 % | smooth roughness [rad]: 10 %, 50 %, 90 % | chips with missing data |")
    print("|---|---|---|---|")
    for row, label in enumerate(["deformation", "none"]):
        for name, folder, colour in [("real", real, "#b03060"), ("synthetic", synthetic, "#1f6fb4")]:
            agreement, rough, data, noisy = summary(folder, label)
            for axis, values, bins, title in zip(axes[row], [agreement, rough, noisy, data], edges, titles):
                weights = np.full(len(values), 1 / max(len(values), 1))
                axis.hist(values, bins, weights=weights, histtype="step", linewidth=1.8, color=colour, label=name)
                axis.set_title(f"{label}: {title}", fontsize=10)
            q = [0.1, 0.5, 0.9]
            print(f"| {label}, {name} | {', '.join(f'{v:.2f}' for v in np.quantile(noisy, q))} | "
                  f"{', '.join(f'{v:.2f}' for v in np.quantile(rough, q))} | {(data < 0.995).mean():.2f} |")
    axes[0][0].legend()
    figure.savefig(out, dpi=80)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
