"""The networks of network.py in PyTorch, under torchvision's names, and the engines that run them."""
import json, pathlib, struct, time

import numpy
import torch
from torch import nn


def convolution(source, to, kernel, stride=1, padding=0, bias=True):
    return nn.Conv2d(source, to, kernel, stride, padding, bias=bias)


class AlexNet(nn.Module):
    def __init__(self):
        super().__init__()
        relu, pool = nn.ReLU, lambda: nn.MaxPool2d(3, 2)
        self.features = nn.Sequential(
            convolution(1, 64, 11, 4, 2), relu(), pool(), convolution(64, 192, 5, padding=2), relu(), pool(),
            convolution(192, 384, 3, padding=1), relu(), convolution(384, 256, 3, padding=1), relu(),
            convolution(256, 256, 3, padding=1), relu(), pool())
        self.classifier = nn.Sequential(
            nn.Dropout(), nn.Linear(9216, 4096), relu(), nn.Dropout(), nn.Linear(4096, 4096), relu(), nn.Linear(4096, 2))

    def logits(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))

    def forward(self, x):
        return torch.softmax(self.logits(x), 1)


class HalfPooled(nn.Module):
    """The shipped model: AlexNet's convolutions at half width, the mean and the maximum of each map, one dense layer."""

    def __init__(self, channels=1):
        super().__init__()
        self.conv1, self.conv2 = convolution(channels, 32, 11, 4, 2), convolution(32, 96, 5, padding=2)
        self.conv3, self.conv4 = convolution(96, 192, 3, padding=1), convolution(192, 128, 3, padding=1)
        self.conv5, self.fc = convolution(128, 128, 3, padding=1), nn.Linear(256, 2)

    def trunk(self, x):
        """What overlapping patches can share."""
        x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 3, 2)
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 3, 2)
        return torch.relu(self.conv5(torch.relu(self.conv4(torch.relu(self.conv3(x))))))

    def head(self, x):
        x = nn.functional.max_pool2d(x, 3, 2)
        return torch.softmax(self.fc(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)), 1)

    def forward(self, x):
        return self.head(self.trunk(x))


class LiteBlock(nn.Module):
    """An inverted bottleneck of EfficientNet-Lite0, its normalisations folded into the convolutions."""

    def __init__(self, inputs, outputs, expansion, kernel, stride):
        super().__init__()
        inner = inputs * expansion
        if expansion > 1:
            self._expand_conv = convolution(inputs, inner, 1)
        self._depthwise_conv = nn.Conv2d(inner, inner, kernel, stride, kernel // 2, groups=inner)
        self._project_conv = convolution(inner, outputs, 1)
        self.expands, self.joins = expansion > 1, inputs == outputs and stride == 1

    def forward(self, x):
        y = torch.relu(self._expand_conv(x)) if self.expands else x
        y = self._project_conv(torch.relu(self._depthwise_conv(y)))
        return x + y if self.joins else y


class Lite(nn.Module):
    """EfficientNet-Lite0 with a pooled head, as fringewatch stores it; its first layer so many times as wide, for a picture of means."""

    STAGES = (1, 16, 1, 3, 1), (2, 24, 6, 3, 2), (2, 40, 6, 5, 2), (3, 80, 6, 3, 2), (3, 112, 6, 5, 1), (4, 192, 6, 5, 2), (1, 320, 6, 3, 1)

    def __init__(self, channels=2, looks=1):
        super().__init__()
        self._conv_stem, blocks, maps = convolution(channels, 32, 3 * looks, 2 * looks, looks), [], 32
        for count, outputs, expansion, kernel, stride in self.STAGES:
            for index in range(count):
                blocks.append(LiteBlock(maps, outputs, expansion, kernel, stride if index == 0 else 1))
                maps = outputs
        self._blocks = nn.Sequential(*blocks)
        self._conv_head, self._fc = convolution(maps, 1280, 1), nn.Linear(2560, 2)

    def forward(self, x):
        x = torch.relu(self._conv_head(self._blocks(torch.relu(self._conv_stem(x)))))
        return torch.softmax(self._fc(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)), 1)


class Part(nn.Module):
    """A method of a network as a network."""

    def __init__(self, network, name):
        super().__init__()
        self.network, self.name = network, name

    def forward(self, x):
        return getattr(self.network, self.name)(x)


class Bottleneck(nn.Module):
    def __init__(self, source, width, stride):
        super().__init__()
        self.conv1, self.bn1 = convolution(source, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = convolution(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = convolution(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
        self.downsample = None
        if stride != 1 or source != 4 * width:
            self.downsample = nn.Sequential(convolution(source, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(torch.relu(self.bn2(self.conv2(y)))))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet50(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = convolution(1, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        source = 64
        for number, (width, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)], 1):
            stage = []
            for index in range(blocks):
                stage.append(Bottleneck(source, width, 2 if index == 0 and number > 1 else 1))
                source = 4 * width
            setattr(self, f"layer{number}", nn.Sequential(*stage))
        self.fc = nn.Linear(2048, 2)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return torch.softmax(self.fc(x.mean((2, 3))), 1)


class Unit(nn.Module):
    def __init__(self, source, to, kernel, stride=1, padding=0):
        super().__init__()
        self.conv, self.bn = convolution(source, to, kernel, stride, padding, bias=False), nn.BatchNorm2d(to, eps=1e-3)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)))


class Branches(nn.Module):
    """Chains of units side by side; "max" and "mean" are 3 x 3 pools, a nested list is a split at the end of a chain."""

    def __init__(self, chains):
        super().__init__()
        self.chains = []
        for chain in chains:
            names = []
            for step in chain:
                if isinstance(step, str):
                    names.append(step)
                elif isinstance(step, list):
                    names.append([self.unit(*s) for s in step])
                else:
                    names.append(self.unit(*step))
            self.chains.append(names)

    def unit(self, name, *shape, **more):
        setattr(self, name, Unit(*shape, **more))
        return name

    def forward(self, x):
        outputs = []
        for chain in self.chains:
            y = x
            for name in chain:
                if name == "max":
                    y = nn.functional.max_pool2d(y, 3, 2)
                elif name == "mean":
                    y = nn.functional.avg_pool2d(y, 3, 1, 1)
                elif isinstance(name, list):
                    y = torch.cat([getattr(self, n)(y) for n in name], 1)
                else:
                    y = getattr(self, name)(y)
            outputs.append(y)
        return torch.cat(outputs, 1)


class InceptionV3(nn.Module):
    def __init__(self):
        super().__init__()
        self.Conv2d_1a_3x3, self.Conv2d_2a_3x3 = Unit(1, 32, 3, 2), Unit(32, 32, 3)
        self.Conv2d_2b_3x3, self.Conv2d_3b_1x1, self.Conv2d_4a_3x3 = Unit(32, 64, 3, 1, 1), Unit(64, 80, 1), Unit(80, 192, 3)

        def a(s, pooled):
            return Branches([
                [("branch1x1", s, 64, 1)], [("branch5x5_1", s, 48, 1), ("branch5x5_2", 48, 64, 5, 1, 2)],
                [("branch3x3dbl_1", s, 64, 1), ("branch3x3dbl_2", 64, 96, 3, 1, 1), ("branch3x3dbl_3", 96, 96, 3, 1, 1)],
                ["mean", ("branch_pool", s, pooled, 1)]])

        def c(w, s=768):
            row, column = ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))
            return Branches([
                [("branch1x1", s, 192, 1)],
                [("branch7x7_1", s, w, 1), ("branch7x7_2", w, w, *row), ("branch7x7_3", w, 192, *column)],
                [("branch7x7dbl_1", s, w, 1), ("branch7x7dbl_2", w, w, *column), ("branch7x7dbl_3", w, w, *row),
                 ("branch7x7dbl_4", w, w, *column), ("branch7x7dbl_5", w, 192, *row)],
                ["mean", ("branch_pool", s, 192, 1)]])

        def e(s):
            def split(name):
                return [(name + "a", 384, 384, (1, 3), 1, (0, 1)), (name + "b", 384, 384, (3, 1), 1, (1, 0))]
            return Branches([
                [("branch1x1", s, 320, 1)], [("branch3x3_1", s, 384, 1), split("branch3x3_2")],
                [("branch3x3dbl_1", s, 448, 1), ("branch3x3dbl_2", 448, 384, 3, 1, 1), split("branch3x3dbl_3")],
                ["mean", ("branch_pool", s, 192, 1)]])

        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = a(192, 32), a(256, 64), a(288, 64)
        self.Mixed_6a = Branches([
            [("branch3x3", 288, 384, 3, 2)],
            [("branch3x3dbl_1", 288, 64, 1), ("branch3x3dbl_2", 64, 96, 3, 1, 1), ("branch3x3dbl_3", 96, 96, 3, 2)], ["max"]])
        self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = c(128), c(160), c(160), c(192)
        self.Mixed_7a = Branches([
            [("branch3x3_1", 768, 192, 1), ("branch3x3_2", 192, 320, 3, 2)],
            [("branch7x7x3_1", 768, 192, 1), ("branch7x7x3_2", 192, 192, (1, 7), 1, (0, 3)),
             ("branch7x7x3_3", 192, 192, (7, 1), 1, (3, 0)), ("branch7x7x3_4", 192, 192, 3, 2)], ["max"]])
        self.Mixed_7b, self.Mixed_7c, self.fc = e(1280), e(2048), nn.Linear(2048, 2)

    def forward(self, x):
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(nn.functional.max_pool2d(x, 3, 2)))
        x = nn.functional.max_pool2d(x, 3, 2)
        for name in ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"]:
            x = getattr(self, "Mixed_" + name)(x)
        return torch.softmax(self.fc(x.mean((2, 3))), 1)


# With the shape of an input; the shipped model sees cosine and sine.
NETWORKS = {
    "alexnet-half-pooled": (lambda: HalfPooled(2), (2, 224, 224)), "alexnet": (AlexNet, (1, 224, 224)), "resnet50": (ResNet50, (1, 224, 224)),
    "inception-v3": (InceptionV3, (1, 299, 299)), "efficientnet-lite0": (lambda: Lite(2), (2, 224, 224)),
    "efficientnet-lite0-2x2": (lambda: Lite(2, looks=2), (2, 224, 224))}


def make(name, seed):
    """The network with weights from a seed, of the size that keeps the maps' scale (He et al. 2015), and its input's shape."""
    torch.manual_seed(seed)
    kind, shape = NETWORKS[name]
    network = kind().eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.3, 0.6)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    if isinstance(network, Lite):
        # Without its normalisations the sums grow from block to block: logits of ordinary size, whose probabilities are worth comparing.
        with torch.no_grad():
            grown = torch.logit(network(torch.rand(4, *shape, dtype=torch.float64).float())[:, 1].double().clamp(1e-300, 1 - 1e-16))
            network._fc.weight /= max(1, grown.abs().max().item())
            network._fc.bias.zero_()
    return network, shape


def stored(path):
    """A model's networks with weights from its safetensors file: the one that sees every patch, and the one for a second look or None."""
    raw = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + length])
    channels, prefix = header["conv1.weight"]["shape"][1], "second_look."

    def filled(network, prefix):
        for name, value in network.state_dict().items():
            entry = header[prefix + name]
            kind, (start, end) = {"F32": "<f4", "F16": "<f2"}[entry["dtype"]], entry["data_offsets"]
            array = numpy.frombuffer(raw[8 + length + start:8 + length + end], kind).reshape(entry["shape"])
            value.copy_(torch.from_numpy(array.astype(numpy.float32)))
        return network.eval()

    stem = header.get(prefix + "_conv_stem.weight")
    return filled(HalfPooled(channels), ""), filled(Lite(channels, stem["shape"][3] // 3), prefix) if stem else None


def operations(network, shape):
    """Multiplications and additions of convolutions and dense layers for one item."""
    total, hooks = [0], []

    def count(module, inputs, output):
        each = module.weight[0].numel()
        total[0] += 2 * each * output[0].numel()

    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            hooks.append(module.register_forward_hook(count))
    with torch.no_grad():
        network(torch.zeros(1, *shape))
    for hook in hooks:
        hook.remove()
    return total[0]


def write_safetensors(tensors, path):
    header, offset, bodies = {}, 0, []
    for name, tensor in tensors.items():
        if name.endswith("num_batches_tracked"):
            continue
        body = tensor.detach().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(body)]}
        offset += len(body)
        bodies.append(body)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for body in bodies:
            file.write(body)


class OnnxRuntime:
    name = "ONNX Runtime"

    def __init__(self, onnx, threads, spins=True):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spins else "0")
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])

    def run(self, batch):
        return self.session.run(None, {"x": batch})[0]


class OpenVino:
    def __init__(self, onnx, items, shape, threads, precision="f32"):
        import openvino
        core = openvino.Core()
        model = core.read_model(str(onnx))
        model.reshape([items, *shape])
        self.compiled = core.compile_model(
            model, "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"})
        self.name = "OpenVINO " + precision

    @staticmethod
    def precisions():
        import openvino
        able = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        return ["f32", "bf16"] if "BF16" in able else ["f32"]

    def run(self, batch):
        return self.compiled([batch])[0]


class PyTorch:
    name = "PyTorch"

    def __init__(self, network, threads):
        self.network, self.threads = network, threads

    def run(self, batch):
        torch.set_num_threads(self.threads)
        with torch.inference_mode():
            return self.network(torch.from_numpy(batch)).numpy()


class PyTorchStep:
    """A training step of AlexNet: forward, cross entropy, backward, SGD with momentum."""
    name = "PyTorch"

    def __init__(self, items, threads):
        self.network = make("alexnet", 1)[0].train()
        self.optimiser = torch.optim.SGD(self.network.parameters(), lr=1e-4, momentum=0.9)
        self.labels, self.threads = torch.arange(items) % 2, threads

    def run(self, batch):
        torch.set_num_threads(self.threads)
        self.optimiser.zero_grad()
        nn.functional.cross_entropy(self.network.logits(torch.from_numpy(batch)), self.labels).backward()
        self.optimiser.step()


def timed(engine, batch):
    begin = time.perf_counter()
    engine.run(batch)
    return 1e3 * (time.perf_counter() - begin)
