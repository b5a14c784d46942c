#!/usr/bin/python3
"""The network's speed against ONNX Runtime, OpenVINO and PyTorch on this machine, as a Markdown table.

    benchmarks/network.py BINARY [--venv FOLDER] [--rounds N] [--threads 2,1] [--only NAME,NAME] [--training-batch N]

BINARY is the product Benchmark, a release build (make benchmark). The peers are installed from PyPI into a virtual environment in
--venv; torch's CPU-only build is taken where pip finds one, since the ordinary one brings gigabytes for graphics cards.

All engines get the same networks (one channel, torchvision's layout, weights from a seed) and the same batches, and take turns in
each round; the figures are medians over the rounds. One pass warms up. Engines that keep their threads spinning get a pause to
stop. OPENBLAS_CORETYPE is unset. On a machine that others use, run it under chrt -f 10: then the ratios count, not the times.
"""
import argparse, math, os, pathlib, statistics, subprocess, sys, tempfile, time

PEERS = ["numpy", "onnx", "onnxruntime", "openvino", "opencv-python-headless"]
TORCH = ["torch==2.13.0+cpu", "torch"]


def install(venv):
    """The peers' Python; re-runs this script in it."""
    python = venv / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    if subprocess.run([python, "-c", "import numpy, onnx, onnxruntime, openvino, cv2, torch"], capture_output=True).returncode != 0:
        pip = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run(pip + PEERS, check=True)
        if not any(subprocess.run(pip + [torch]).returncode == 0 for torch in TORCH):
            sys.exit("PyTorch could not be installed: run again with a connection to a package index")
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    os.execve(python, [python] + sys.argv, environment | {"FRINGEWATCH_PEERS": str(venv)})


class Engine:
    """The Swift side: questions and answers, line by line."""
    name = "fringewatch"

    def __init__(self, binary):
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer or answer.startswith("error"):
            sys.exit(f"{' '.join(map(str, words))}: {answer or 'the benchmark program ended'}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def rounds(runs, count):
    """Milliseconds of each run, a list of medians: all runs take turns."""
    times = [[] for _ in runs]
    for number in range(count + 1):
        for index, run in enumerate(runs):
            time.sleep(0.05)
            elapsed = run()
            if number:
                times[index].append(elapsed)
    return [statistics.median(t) for t in times]


def forward_table(engine, arguments, folder, limits):
    import numpy
    import torch
    import network_peers as peers
    generator = numpy.random.default_rng(1)
    batch = generator.random((25, 2, 299, 299), dtype=numpy.float32) * 2 - 1
    batch.tofile(folder / "batch.f32")
    engine.ask("batch", folder / "batch.f32")
    flat, lines, notes = batch.reshape(-1), [], []
    cases = [
        ("alexnet-half-pooled", 16), ("alexnet-half-pooled", 25), ("alexnet", 16), ("alexnet", 25), ("resnet50", 16), ("inception-v3", 16),
        ("efficientnet-lite0", 4), ("efficientnet-lite0-2x2", 4)]
    cases = [c for c in cases if not arguments.only or c[0] in arguments.only]
    for name in dict.fromkeys(name for name, _ in cases):
        network, shape = peers.make(name, 1)
        peers.write_safetensors(network.state_dict(), folder / f"{name}.safetensors")
        torch.onnx.export(
            network, torch.zeros(1, *shape), str(folder / f"{name}.onnx"), dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "n"}})
        notes.append(engine.ask("load", name, folder / f"{name}.safetensors"))
        direct = peers.operations(network, shape)
        performed, weight_bytes = map(int, engine.ask("work", name).split())
        for items in [i for n, i in cases if n == name]:
            inputs = flat[:items * math.prod(shape)].reshape(items, *shape)
            for threads in arguments.threads:
                others = [peers.OnnxRuntime(folder / f"{name}.onnx", threads)]
                others += [peers.OpenVino(folder / f"{name}.onnx", items, shape, threads, p) for p in peers.OpenVino.precisions()]
                others.append(peers.PyTorch(network, threads))
                expected = others[0].run(inputs)
                found = numpy.array(engine.ask("outputs", name, items, threads).split(), dtype=numpy.float32).reshape(expected.shape)
                runs = [lambda: float(engine.ask("forward", name, items, threads))]
                runs += [lambda other=other: peers.timed(other, inputs) for other in others]
                own, *theirs = rounds(runs, arguments.rounds)
                columns = {o.name: f"{t:.1f} ({t / own:.2f})" for o, t in zip(others, theirs)}
                peak, triad = limits[threads]
                floors = [1e-6 * items * direct / peak, max(1e-6 * items * performed / peak, 1e-6 * weight_bytes / triad)]
                lines.append(
                    f"| {name} | {items} | {threads} | {own:.1f} | {columns['ONNX Runtime']} | {columns['OpenVINO f32']} | "
                    f"{columns.get('OpenVINO bf16', 'not on this CPU')} | {columns['PyTorch']} | {floors[0]:.1f} / {floors[1]:.1f} | "
                    f"{own / floors[1]:.2f} | {abs(found - expected).max():.0e} |")
                print(lines[-1], file=sys.stderr)
    head = ("| network | items | threads | fringewatch ms | ONNX Runtime f32 ms (ratio) | OpenVINO f32 | OpenVINO bf16 | PyTorch | "
            "floor, direct / as computed ms | ours / floor | greatest difference of a probability from ONNX Runtime |")
    return [head, "|" + "---|" * 11] + lines, notes


def training_table(engine, arguments, folder):
    import numpy
    import network_peers as peers
    items, lines = arguments.training_batch, []
    batch = numpy.random.default_rng(2).random((items, 1, 224, 224), dtype=numpy.float32) * 2 - 1
    batch.tofile(folder / "training.f32")
    engine.ask("batch", folder / "training.f32")
    for threads in arguments.threads:
        other = peers.PyTorchStep(items, threads)
        own, theirs = rounds(
            [lambda: float(engine.ask("step", items, threads)), lambda: peers.timed(other, batch)], max(3, arguments.rounds // 3))
        lines.append(f"| {items} | {threads} | {own:.0f} | {theirs:.0f} | {theirs / own:.2f} |")
        print(lines[-1], file=sys.stderr)
    return ["| batch | threads | fringewatch ms | PyTorch ms | ratio |", "|---|---|---|---|---|"] + lines


def memory_line(binary, folder):
    """The largest resident set of a process that does nothing but classify with the small model."""
    if not (folder / "alexnet-half-pooled.safetensors").exists():
        return ""
    engine = Engine(binary)
    engine.ask("load", "alexnet-half-pooled", folder / "alexnet-half-pooled.safetensors")
    engine.ask("batch", folder / "batch.f32")
    for _ in range(3):
        engine.ask("forward", "alexnet-half-pooled", 25, 2)
    used = engine.ask("memory")
    engine.close()
    return f"Largest resident set with the small model, batches of 25 on two threads: {used} MB."


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--venv", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "fringewatch-peers")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=lambda text: [int(t) for t in text.split(",")], default=[2, 1])
    parser.add_argument("--only", type=lambda text: text.split(","), default=None)
    parser.add_argument("--training-batch", type=int, default=100, help="0 for none")
    arguments = parser.parse_args()
    if os.environ.get("FRINGEWATCH_PEERS") != str(arguments.venv):
        install(arguments.venv)
    with tempfile.TemporaryDirectory(prefix="fringewatch-benchmark-") as folder:
        measure(arguments, pathlib.Path(folder))


def measure(arguments, folder):
    import onnxruntime, openvino, torch
    engine = Engine(arguments.binary)
    # The best of several: a thread that has just been made may begin late.
    limits = {t: tuple(max(float(engine.ask(what, t)) for _ in range(5)) for what in ("peak", "triad")) for t in arguments.threads}
    load = os.getloadavg()[0]
    table, notes = forward_table(engine, arguments, folder, limits)
    training = training_table(engine, arguments, folder) if arguments.training_batch else []
    engine.close()
    processor = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "unknown")
    print(f"{processor}, {os.cpu_count()} cores, load {load:.1f} before; onnxruntime {onnxruntime.__version__}, openvino {openvino.__version__.split('-')[0]}, "
          f"torch {torch.__version__}. Medians of {arguments.rounds} interleaved rounds.")
    print("".join(f"\nOn {t} thread(s): {p:.0f} GFLOP/s between registers, {b:.1f} GB/s triad." for t, (p, b) in limits.items()))
    print("\nA ratio is the peer's time by ours. A floor is operations / peak: of the layers as they stand, and of what is computed with "
          "Winograd's method (without its transformations), or the weights' bytes / triad where that is longer.\n")
    print("\n".join(table))
    print("\n" + "\n".join(f"* {note}" for note in notes))
    if training:
        print("\nTraining step of AlexNet:\n\n" + "\n".join(training))
    print("\n" + memory_line(arguments.binary, folder))


if __name__ == "__main__":
    main()
