#!/usr/bin/python3
"""What a small model costs in accuracy: heads, widths, low rank and half precision, as a Markdown table.

    benchmarks/sizes.py FRINGEWATCH FOLDER [--patches N] [--epochs N] [--terrain FOLDER] [--chips FOLDER] [--cache FOLDER] [--venv FOLDER]

FRINGEWATCH is a release build. Networks of several sizes are trained on the same synthetic patches, each shown as often; models and data
stay in FOLDER, so that a second run goes on where the first one stopped. The default model's recipe shows its network many times as
many: the table compares sizes, it does not tell how good any of them can become.

Dense layers of low rank are the product of two thinner ones. Their cost is measured by putting the nearest matrix of that rank in a
trained layer's place; training goes no further after that.

Each is measured on 500 new synthetic scenes, and on labelled chips if there are some.
"""
import argparse, hashlib, json, os, pathlib, struct, subprocess, sys, tempfile

import network

NETWORKS = {
    "alexnet": ("AlexNet, two dense layers of 4,096", 0.0003),
    "alexnet-pooled-1.0": ("AlexNet, pooled head", 0.001),
    "alexnet-half-pooled": ("half as many maps, pooled head (the default model's)", 0.001),
    "alexnet-pooled-0.25": ("a quarter of the maps, pooled head", 0.001),
}
RANKS = [256, 64, 16]

RECIPE = """name: {name}
seed: 1
precision: single
network: {{architecture: {architecture}}}
data:
  - name: scenes
    synthetic: {{patches: {patches}, seed: {seed}{terrain}}}
balance: {{positives: 45 %}}
training: {{batch: 100, epochs: {epochs}, optimiser: adamw, learning_rate: {rate}, weight_decay: 0.01}}
"""


def run(*command):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}")
    return done.stdout


def read(path):
    import numpy
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {
        name: numpy.frombuffer(body[slice(*entry["data_offsets"])], dtype={"F32": "f4", "F16": "f2"}[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }


def write(tensors, like, path):
    """A model with other weights, and the card of `like` with its checksum."""
    header, body = {}, b""
    for name, tensor in tensors.items():
        header[name] = {
            "dtype": {"float32": "F32", "float16": "F16"}[str(tensor.dtype)], "shape": list(tensor.shape),
            "data_offsets": [len(body), len(body) + tensor.nbytes],
        }
        body += tensor.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    data = struct.pack("<Q", len(text)) + text + body
    path.write_bytes(data)
    card = json.loads(like.with_suffix(".json").read_text())
    card["sha256"] = hashlib.sha256(data).hexdigest()
    path.with_suffix(".json").write_text(json.dumps(card))


def nearest(matrix, rank):
    """The nearest matrix of a rank, by a random subspace twice refined (Halko et al. 2011)."""
    import numpy
    probe = numpy.random.default_rng(0).normal(size=(matrix.shape[1], rank + 16)).astype("f4")
    for _ in range(3):
        basis = numpy.linalg.qr(matrix @ probe)[0]
        probe = numpy.linalg.qr(matrix.T @ basis)[0]
    left, values, right = numpy.linalg.svd(basis.T @ matrix, full_matrices=False)
    return ((basis @ left[:, :rank]) * values[:rank]) @ right[:rank]


def variants(model, tensors):
    """(what, weights, bytes, path) of a trained model and of its smaller forms."""
    import numpy
    folder = model.parent
    count = sum(t.size for t in tensors.values())
    yield "single precision", count, 4 * count, model
    half = folder / "half.safetensors"
    write({k: t.astype("f2") for k, t in tensors.items()}, model, half)
    yield "half precision", count, 2 * count, half
    dense = [k for k, t in tensors.items() if t.ndim == 2 and min(t.shape) > max(RANKS)]
    for rank in RANKS if dense else []:
        thin = {k: nearest(t, rank).astype("f2") if k in dense else t.astype("f2") for k, t in tensors.items()}
        path = folder / f"rank{rank}.safetensors"
        write(thin, model, path)
        left = count - sum(tensors[k].size - rank * sum(tensors[k].shape) for k in dense)
        yield f"half precision, dense layers of rank {rank}", left, 2 * left, path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fringewatch", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--patches", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--terrain", type=pathlib.Path)
    parser.add_argument("--chips", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, help="where synthetic patches are kept; FOLDER/cache by default")
    parser.add_argument("--venv", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "fringewatch-peers")
    arguments = parser.parse_args()
    if os.environ.get("FRINGEWATCH_PEERS") != str(arguments.venv):
        network.install(arguments.venv)
    binary, folder = arguments.fringewatch.resolve(), arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    terrain = ["--terrain", arguments.terrain.resolve()] if arguments.terrain else []
    scenes = folder / "scenes"
    if not (scenes / "manifest.csv").exists():
        run(binary, "synthesize", scenes, "--patches", "--count", 500, "--seed", arguments.seed + 1, *terrain)
    sets = [("scenes", scenes)] + ([("chips", arguments.chips.resolve())] if arguments.chips else [])
    print("| network | stored as | weights | MB | " + " | ".join(f"AUC on {n}" for n, _ in sets) + " |")
    print("|---|---|---|---|" + "---|" * len(sets), flush=True)
    for architecture, (words, rate) in NETWORKS.items():
        output = folder / architecture
        output.mkdir(exist_ok=True)
        model = output / "model.safetensors"
        if not model.exists():
            recipe = output / "recipe.yaml"
            place = f", terrain: {arguments.terrain.resolve()}" if arguments.terrain else ""
            recipe.write_text(
                RECIPE.format(
                    name="model", architecture=architecture, patches=arguments.patches, seed=arguments.seed, terrain=place, epochs=arguments.epochs,
                    rate=rate))
            resume = ["--resume"] if any(output.glob("*checkpoint*")) else []
            run(binary, "train", recipe, "--output", output, "--cache", arguments.cache or folder / "cache", *resume)
        for stored, weights, size, path in variants(model, read(model)):
            cells = []
            for _, data in sets:
                cells.append(f"{json.loads(run(binary, 'evaluate', path, data, '--json'))['overall']['auc']:.3f}")
            print(f"| {words} | {stored} | {weights:,} | {size / 1e6:.1f} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
