#!/usr/bin/env python3
"""Makes gradients.safetensors, architectures.safetensors and training.safetensors: reference values computed with PyTorch (float32, CPU).

    pip install torch torchvision numpy safetensors
    python3 make_training_reference.py

gradients.safetensors: small cases of each layer and block: CASE/input, CASE/output, CASE/parameter/NAME, and for the gradient
CASE/outgoing of the output: CASE/incoming of the input, CASE/gradient/NAME; CASE/after/NAME where running statistics moved.
architectures.safetensors: logits of the large networks on one small input, some gradients, with weights that both sides draw from
the same numbers (uniform below), so that none are stored.
training.safetensors: a small network before and after some steps of each optimiser.
"""
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent
MASK = (1 << 64) - 1


def mix(z):
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(count, seed, stream):
    """The engine's counted random numbers, in [0, 1)."""
    digest = 0xCBF29CE484222325
    for byte in stream.encode():
        digest = ((digest ^ byte) * 0x100000001B3) & MASK
    with np.errstate(over="ignore"):
        start = mix(np.array([seed ^ digest], dtype=np.uint64))
        numbers = mix(start + np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    return (numbers >> np.uint64(40)).astype(np.float32) * np.float32(2**-24)


def initial(name, shape, seed, last=False):
    """What the engine begins with."""
    if len(shape) < 2:
        return np.full(shape, 1 if name.endswith("running_var") else 0, dtype=np.float32)
    bound = np.sqrt(np.float32(1 if last else 6) / np.float32(np.prod(shape[1:])))
    return ((np.float32(2) * uniform(int(np.prod(shape)), seed, name) - np.float32(1)) * bound).reshape(shape)


def fill(module, seed, last="fc"):
    """The engine's initial weights; scales, shifts and running statistics drawn too, so that they are not trivial."""
    for name, tensor in list(module.named_parameters()) + list(module.named_buffers()):
        if name.endswith("num_batches_tracked"):
            continue
        shape = tuple(tensor.shape)
        if len(shape) >= 2:
            values = initial(name, shape, seed, last=name.startswith(last + "."))
        else:
            values = uniform(shape[0], seed, name) * np.float32(0.5)
            if name.endswith("running_var") or (name.endswith("weight")):
                values = values + np.float32(0.75)
        tensor.data.copy_(torch.from_numpy(values))


class Reshape(nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def gradients():
    torch.manual_seed(3)
    cases = {}

    def case(name, module, shape, train=True):
        module.train(train)
        for parameter in list(module.parameters()) + [b for n, b in module.named_buffers() if "running" in n]:
            parameter.data.copy_(torch.randn_like(parameter) * 0.5)
        for part, buffer in module.named_buffers():
            if part.endswith("running_var"):
                buffer.data.copy_(torch.rand_like(buffer) + 0.5)
        for part, parameter in list(module.named_parameters()) + list(module.named_buffers()):
            if "num_batches" not in part:
                cases[f"{name}/parameter/{part}"] = parameter.detach().clone()
        x = torch.randn(shape, requires_grad=True)
        y = module(x)
        outgoing = torch.randn_like(y)
        y.backward(outgoing)
        cases[f"{name}/input"], cases[f"{name}/output"] = x.detach().clone(), y.detach().clone()
        cases[f"{name}/outgoing"], cases[f"{name}/incoming"] = outgoing, x.grad.clone()
        for part, parameter in module.named_parameters():
            cases[f"{name}/gradient/{part}"] = parameter.grad.clone()
        if train:
            for part, buffer in module.named_buffers():
                if "running" in part:
                    cases[f"{name}/after/{part}"] = buffer.clone()

    def conv(name, shape, out, kernel, **options):
        case(name, nn.Sequential(nn.Conv2d(shape[1], out, kernel, **options)), shape)

    conv("conv-11-stride-4", (2, 1, 27, 31), 3, 11, stride=4, padding=2)
    conv("conv-5", (10, 2, 9, 6), 3, 5, padding=2)
    conv("conv-3", (9, 3, 7, 6), 4, 3, padding=1)
    conv("conv-3-wide", (9, 16, 7, 10), 16, 3, padding=1)
    conv("conv-5-wide", (3, 16, 9, 6), 17, 5, padding=2)
    conv("conv-3-unpadded-wide", (2, 16, 8, 7), 18, 3)
    conv("conv-3-stride-2", (3, 2, 8, 9), 3, 3, stride=2, padding=1)
    conv("conv-dilated", (2, 2, 9, 10), 3, 3, padding=2, dilation=2)
    conv("conv-groups", (3, 4, 6, 6), 6, 3, padding=1, groups=2)
    conv("conv-depthwise", (2, 4, 5, 6), 4, 3, padding=1, groups=4)
    conv("conv-row", (2, 3, 6, 8), 4, (1, 7), padding=(0, 3))
    conv("conv-column", (2, 3, 8, 6), 4, (7, 1), padding=(3, 0))
    conv("conv-uneven", (2, 2, 9, 8), 3, (3, 2), stride=(2, 1), padding=(1, 0), bias=False)
    conv("conv-1", (3, 5, 4, 4), 6, 1)
    conv("conv-1-stride-2", (3, 5, 5, 4), 6, 1, stride=2, bias=False)
    case("batch-norm", nn.Sequential(nn.BatchNorm2d(3)), (4, 3, 5, 6))
    case("batch-norm-inference", nn.Sequential(nn.BatchNorm2d(3, eps=1e-3)), (4, 3, 5, 6), train=False)
    case("batch-norm-features", nn.Sequential(nn.BatchNorm1d(5, momentum=0.2)), (7, 5))
    case("lrn", nn.LocalResponseNorm(5, alpha=0.3, beta=0.75, k=2), (2, 9, 4, 3))
    case("lrn-even", nn.LocalResponseNorm(4, alpha=0.5, beta=0.6, k=1), (2, 7, 3, 3))
    case("relu", nn.ReLU(), (3, 2, 4, 5))
    case("max-pool", nn.MaxPool2d(3, 2), (2, 3, 8, 9))
    case("max-pool-padded", nn.MaxPool2d(3, 2, 1), (2, 2, 8, 7))
    case("max-pool-rounded-up", nn.MaxPool2d(3, 2, ceil_mode=True), (2, 2, 8, 7))
    case("average-pool", nn.AvgPool2d(3, 1, 1), (2, 2, 5, 6))
    case("average-pool-without-padding", nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False), (2, 2, 6, 5))
    case("average-pool-rounded-up", nn.AvgPool2d((2, 3), 2, ceil_mode=True), (2, 2, 7, 6))
    case("adaptive-pool", nn.AdaptiveAvgPool2d((3, 2)), (2, 3, 7, 5))
    case("global-pool", nn.AdaptiveAvgPool2d(1), (2, 3, 6, 5))
    case("mean-max", Reshape(lambda x: torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)), (3, 2, 4, 5))
    case("dense", nn.Sequential(nn.Linear(7, 4)), (11, 7))
    case("flatten-dense", nn.Sequential(nn.Flatten(), nn.Linear(18, 3)), (2, 2, 3, 3))
    case("softmax", nn.Softmax(1), (4, 5))
    projection = nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
    block = torchvision.models.resnet.Bottleneck(8, 4, 2, projection)
    case("residual-projected", block, (3, 8, 6, 6))
    case("residual", torchvision.models.resnet.Bottleneck(16, 4), (3, 16, 5, 5))
    case("branches", Branches(), (2, 6, 5, 6))
    conv("conv-depthwise-stride-2", (3, 3, 19, 22), 3, 5, stride=2, padding=2, groups=3, bias=False)
    conv("conv-depthwise-uneven", (2, 4, 6, 35), 4, (3, 5), stride=(2, 3), padding=(0, 3), groups=4)
    save_file({name: tensor.contiguous() for name, tensor in cases.items()}, HERE / "gradients.safetensors")


class Branches(nn.Module):
    """InceptionV3's kinds of branches, small: one within another, a pool first, rows and columns."""

    def __init__(self):
        super().__init__()
        unit = torchvision.models.inception.BasicConv2d
        self.one = unit(6, 4, kernel_size=1)
        self.two_1 = unit(6, 3, kernel_size=1)
        self.two_2a = unit(3, 2, kernel_size=(1, 3), padding=(0, 1))
        self.two_2b = unit(3, 3, kernel_size=(3, 1), padding=(1, 0))
        self.pooled = unit(6, 2, kernel_size=1)

    def forward(self, x):
        two = self.two_1(x)
        two = torch.cat([self.two_2a(two), self.two_2b(two)], 1)
        return torch.cat([self.one(x), two, self.pooled(F.avg_pool2d(x, 3, 1, 1)), F.max_pool2d(x, 3, 1, 1)], 1)


def picture(side, batch=1):
    return torch.from_numpy(2 * uniform(batch * side * side, 5, "picture") - 1).reshape(batch, 1, side, side)


def grey(module, attribute):
    """The first layer for one channel."""
    old = module.get_submodule(attribute)
    parent, _, name = attribute.rpartition(".")
    new = nn.Conv2d(1, old.out_channels, old.kernel_size, old.stride, old.padding, bias=old.bias is not None)
    setattr(module.get_submodule(parent) if parent else module, name, new)
    return module


def architectures():
    result = {}

    def keep(name, module, side, last, batch):
        fill(module, 11, last)
        module.eval()
        with torch.no_grad():
            result[f"{name}/logits"] = module(picture(side, batch))

    keep("alexnet", grey(torchvision.models.alexnet(num_classes=2), "features.0"), 224, "classifier.6", 1)
    resnet = grey(torchvision.models.resnet50(num_classes=2), "conv1")
    keep("resnet50", resnet, 64, "fc", 2)
    # The whole way back, with the running statistics, which give well-conditioned gradients.
    for name, tensor in resnet.named_parameters():
        tensor.grad = None
    F.cross_entropy(resnet(picture(64, 2)), torch.tensor([0, 1])).backward()
    for name, tensor in resnet.named_parameters():
        if name in ("conv1.weight", "bn1.weight", "layer1.0.downsample.0.weight", "layer3.2.conv2.weight", "layer4.2.bn3.bias", "fc.weight"):
            gradient = tensor.grad.flatten()
            result[f"resnet50/gradient/{name}"] = gradient[:: max(1, gradient.numel() // 50)].clone()
    inception = torchvision.models.inception_v3(num_classes=2, aux_logits=False, transform_input=False, init_weights=False)
    keep("inception-v3", grey(inception, "Conv2d_1a_3x3.conv"), 107, "fc", 2)
    keep("inception-v3-224", inception, 224, "fc", 1)
    keep("alexnet-original", Original(), 224, "fc8", 1)
    lite = Lite()
    keep("efficientnet-lite0", lite, 64, "_fc", 2)
    F.cross_entropy(lite(picture(64, 2)), torch.tensor([0, 1])).backward()
    for name, tensor in lite.named_parameters():
        if name in ("_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_blocks.8._depthwise_conv.weight", "_blocks.15._project_conv.weight"):
            gradient = tensor.grad.flatten()
            result[f"efficientnet-lite0/gradient/{name}"] = gradient[:: max(1, gradient.numel() // 50)].clone()
    save_file(result, HERE / "architectures.safetensors")


class LiteBlock(nn.Module):
    """An inverted bottleneck without squeeze and excitation."""

    def __init__(self, inputs, outputs, expansion, kernel, stride):
        super().__init__()
        inner = inputs * expansion
        if expansion > 1:
            self._expand_conv = nn.Conv2d(inputs, inner, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(inner, eps=1e-3)
        self._depthwise_conv = nn.Conv2d(inner, inner, kernel, stride, kernel // 2, groups=inner, bias=False)
        self._bn1 = nn.BatchNorm2d(inner, eps=1e-3)
        self._project_conv = nn.Conv2d(inner, outputs, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(outputs, eps=1e-3)
        self.joins = inputs == outputs and stride == 1

    def forward(self, x):
        y = F.relu(self._bn0(self._expand_conv(x))) if hasattr(self, "_expand_conv") else x
        y = self._bn2(self._project_conv(F.relu(self._bn1(self._depthwise_conv(y)))))
        return x + y if self.joins else y


class Lite(nn.Module):
    """EfficientNet-Lite0 with even padding, unlimited activations and a pooled head."""

    def __init__(self):
        super().__init__()
        self._conv_stem = nn.Conv2d(1, 32, 3, 2, 1, bias=False)
        self._bn0 = nn.BatchNorm2d(32, eps=1e-3)
        blocks, maps = [], 32
        for count, outputs, expansion, kernel, stride in (
            (1, 16, 1, 3, 1), (2, 24, 6, 3, 2), (2, 40, 6, 5, 2), (3, 80, 6, 3, 2), (3, 112, 6, 5, 1), (4, 192, 6, 5, 2), (1, 320, 6, 3, 1),
        ):
            for index in range(count):
                blocks.append(LiteBlock(maps, outputs, expansion, kernel, stride if index == 0 else 1))
                maps = outputs
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = nn.Conv2d(maps, 1280, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(1280, eps=1e-3)
        self._fc = nn.Linear(2 * 1280, 2)

    def forward(self, x):
        x = F.relu(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        x = F.relu(self._bn1(self._conv_head(x)))
        return self._fc(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))


class Original(nn.Sequential):
    """AlexNet of 2012."""

    def __init__(self):
        super().__init__()
        norm, pool = lambda: nn.LocalResponseNorm(5, 5e-4, 0.75, 2), lambda: nn.MaxPool2d(3, 2)
        for name, module in (
            ("conv1", nn.Conv2d(1, 96, 11, 4, 2)), ("r1", nn.ReLU()), ("n1", norm()), ("p1", pool()),
            ("conv2", nn.Conv2d(96, 256, 5, 1, 2, groups=2)), ("r2", nn.ReLU()), ("n2", norm()), ("p2", pool()),
            ("conv3", nn.Conv2d(256, 384, 3, 1, 1)), ("r3", nn.ReLU()), ("conv4", nn.Conv2d(384, 384, 3, 1, 1, groups=2)), ("r4", nn.ReLU()),
            ("conv5", nn.Conv2d(384, 256, 3, 1, 1, groups=2)), ("r5", nn.ReLU()), ("p5", pool()), ("flat", nn.Flatten()),
            ("fc6", nn.Linear(9216, 4096)), ("r6", nn.ReLU()), ("fc7", nn.Linear(4096, 4096)), ("r7", nn.ReLU()), ("fc8", nn.Linear(4096, 2)),
        ):
            self.add_module(name, module)


def training():
    result = {}

    def network():
        module = nn.Sequential()
        module.add_module("conv", nn.Conv2d(1, 4, 3, padding=1, bias=False))
        module.add_module("bn", nn.BatchNorm2d(4))
        module.add_module("relu", nn.ReLU())
        module.add_module("flat", nn.Flatten())
        module.add_module("fc", nn.Linear(4 * 36, 3))
        fill(module, 17)
        return module.train()

    def train(name, make, **loss):
        module = network()
        fast = [p for n, p in module.named_parameters() if n.startswith("fc.")]
        slow = [p for n, p in module.named_parameters() if not n.startswith("fc.")]
        optimiser = make([{"params": slow, "lr": 0.01}, {"params": fast, "lr": 0.05}])
        losses = []
        for step in range(4):
            x = torch.from_numpy(2 * uniform(6 * 36, step, "batch") - 1).reshape(6, 1, 6, 6)
            y = torch.tensor([(step + i) % 3 for i in range(6)])
            optimiser.zero_grad()
            value = F.cross_entropy(module(x), y, **loss)
            value.backward()
            optimiser.step()
            losses.append(value.detach())
        result[f"{name}/losses"] = torch.stack(losses)
        for part, tensor in list(module.named_parameters()) + list(module.named_buffers()):
            if "num_batches" not in part:
                result[f"{name}/{part}"] = tensor.detach().clone()

    train("sgd", lambda groups: torch.optim.SGD(groups, momentum=0.9, weight_decay=0.01))
    train("adamw", lambda groups: torch.optim.AdamW(groups, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.1))
    train("weighted", lambda groups: torch.optim.SGD(groups, momentum=0.0), weight=torch.tensor([1.0, 3.0, 0.5]), label_smoothing=0.2)
    save_file(result, HERE / "training.safetensors")


if __name__ == "__main__":
    gradients()
    architectures()
    training()
