#!/usr/bin/env python3
"""Makes layers.safetensors and starter-patches.safetensors: reference values computed with PyTorch (float32, CPU).

    pip install torch numpy safetensors
    python3 make_reference.py

layers.safetensors: small cases of each layer: NAME.input, NAME.weight, NAME.bias, NAME.output.
starter-patches.safetensors: two synthetic patches (grey levels), and what the starter model makes of them: features, logits, and about
200 values of each layer's output, taken at equal distances.
"""
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent
STARTER = HERE.parents[2] / "Tests/Models/starter.safetensors"
SAMPLES = 200


def layers():
    torch.manual_seed(1)
    cases = {}

    def keep(name, **tensors):
        for part, tensor in tensors.items():
            cases[f"{name}.{part}"] = tensor.clone().contiguous()

    def convolution(name, batch, channels, height, width, out, kernel, stride, padding):
        x, w, b = torch.randn(batch, channels, height, width), torch.randn(out, channels, *kernel), torch.randn(out)
        keep(name, input=x, weight=w, bias=b, output=F.conv2d(x, w, b, stride, padding))

    convolution("conv-11-stride-4", 2, 1, 35, 43, 4, (11, 11), 4, 2)
    convolution("conv-5", 1, 3, 12, 17, 4, (5, 5), 1, 2)
    convolution("conv-3", 3, 4, 9, 7, 5, (3, 3), 1, 1)
    convolution("conv-3-no-padding", 2, 2, 8, 9, 3, (3, 3), 2, 0)
    convolution("conv-3x5-wide-padding", 1, 2, 4, 3, 3, (3, 5), 3, 4)
    convolution("conv-1", 2, 6, 5, 5, 4, (1, 1), 1, 0)
    x = torch.randn(2, 3, 14, 15)
    keep("pool-3-stride-2", input=x, output=F.max_pool2d(x, 3, 2))
    keep("pool-2-stride-2", input=x, output=F.max_pool2d(x, 2, 2))
    keep("mean-max", input=x, output=torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))
    keep("relu", input=x, output=F.relu(x))
    x, w, b = torch.randn(5, 17), torch.randn(6, 17), torch.randn(6)
    keep("dense", input=x, weight=w, bias=b, output=F.linear(x, w, b))
    x = torch.tensor([[1.0, 2, 3], [100, 100, -100], [-3, 0.5, 0.25], [0, 0, 0]])
    keep("softmax", input=x, output=F.softmax(x, 1))
    save_file(cases, HERE / "layers.safetensors")


def patches():
    """Rings of a point source under noise with a masked coast, and smooth turbulence; grey levels, 128 = no data."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:224, 0:224]
    source = 22 / (1 + ((x - 120) ** 2 + (y - 100) ** 2) / 45.0**2) ** 1.5
    waves = sum(rng.normal() * np.cos(rng.uniform(-0.06, 0.06) * x + rng.uniform(-0.06, 0.06) * y + rng.uniform(0, 6)) for _ in range(12))
    result = []
    for phase, noise, valid in ((source, 0.5, x + 0.3 * y > 40), (waves, 0.3, x > -1)):
        wrapped = np.angle(np.exp(1j * (phase + noise * rng.standard_normal(phase.shape))))
        grey = np.round((wrapped + np.pi) * 256 / (2 * np.pi)).astype(int) % 256
        grey[grey == 128] = 129
        grey[~valid] = 128
        result.append(grey)
    return torch.from_numpy(np.stack(result)[:, None]).float()


def starter():
    w = load_file(STARTER)
    grey = patches()
    outputs = []

    def step(x):
        outputs.append(x)
        return x

    x = (grey - 128) / 128
    for i, (stride, padding) in enumerate(((4, 2), (1, 2), (1, 1), (1, 1), (1, 1)), 1):
        x = step(F.conv2d(x, w[f"conv{i}.weight"], w[f"conv{i}.bias"], stride, padding))
        x = step(F.relu(x))
        if i in (1, 2, 5):
            x = step(F.max_pool2d(x, 3, 2))
    features = step(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))
    logits = step(F.linear(features, w["fc.weight"], w["fc.bias"]))
    step(F.softmax(logits, 1))
    tensors = {"patches": grey.half(), "features": features, "logits": logits}
    for i, output in enumerate(outputs):
        tensors[f"layer-{i}"] = output.flatten()[:: max(1, output.numel() // SAMPLES)].clone()
    save_file(tensors, HERE / "starter-patches.safetensors")


if __name__ == "__main__":
    with torch.no_grad():
        layers()
        starter()
