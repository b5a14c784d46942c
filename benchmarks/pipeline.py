#!/usr/bin/python3
"""From files to P_max, and the scan of an archive, as Markdown tables.

    benchmarks/pipeline.py BENCHMARK FRINGEWATCH MODEL [--venv FOLDER] [--scenes N] [--rounds N] [--threads 2,1]

BENCHMARK and FRINGEWATCH are release builds, MODEL a safetensors file of the half-width pooled AlexNet with its card (make benchmark);
where there is a network for a second look in it, that is EfficientNet-Lite0.

One interferogram in fifty shows deformation; flagged ones are looked at more closely, as always.

One file: a GeoTIFF of 500 x 500 pixels is read, made grey, gated, cut into half-overlapping patches, classified and merged; no picture, no
second look for the place, no count of fringes. Two peers do the same in Python with OpenCV, NumPy and ONNX Runtime: one shows the network
each patch, as published; the other computes what patches share once, as fringewatch does. All take turns over the same files.

Archive: `fringewatch scan` of ever more synthetic interferograms, the program's start and all output included; the largest resident set
is what the kernel says of the process.
"""
import argparse, ctypes, json, os, pathlib, statistics, subprocess, sys, tempfile, time

import network

MISSION = 30_249  # interferograms of the archive in Anantrasirichai et al. 2018


def log_odds(p):
    import numpy
    p = numpy.clip(p, 1e-30, 1 - 6e-8)
    return numpy.log(p) - numpy.log(1 - p)


class PythonPipeline:
    """The network sees each patch on its own."""

    SIDE = 500
    SPINS = True  # its threads wait for work awake, as ONNX Runtime's do unless told otherwise

    def __init__(self, networks, card, threads):
        # OpenCV complains of every file's georeference, which it does not know.
        os.environ["OPENCV_LOG_LEVEL"] = "ERROR"
        import cv2
        import network_peers
        import numpy
        cv2.setNumThreads(threads)
        levels = numpy.arange(256, dtype=numpy.float32)
        phase = (levels - 128) / 128 * numpy.pi
        # What a level is to the network, channel by channel: its height, or the phase's cosine and sine with no data as 0.
        self.encoding = numpy.stack([(levels - 128) / 128] if card["input"]["channels"] == 1 else [numpy.cos(phase), numpy.sin(phase)]).astype(numpy.float32)
        self.encoding[:, 128] = 0
        self.forward = network_peers.OnnxRuntime(networks["forward"], threads, spins=self.SPINS)
        self.second_from = card.get("second_look", {}).get("from", 1)
        self.second = network_peers.OnnxRuntime(networks["second"], threads, spins=self.SPINS) if "second" in networks else None
        axis = numpy.exp(-((numpy.arange(224) - 111.5) ** 2) / (2 * (224 / 6) ** 2))
        self.weight = numpy.outer(axis, axis).astype(numpy.float32)

    def first_look(self, planes, places):
        import numpy
        return log_odds(self.forward.run(numpy.stack([planes[:, y:y + 224, x:x + 224] for y, x in places]))[:, 1])

    def scores(self, planes, places):
        """From 0.1 on a patch is looked at turned by half, then from the card's probability on by the second network if there is one; the mean counts."""
        import numpy

        def patches(from_):
            doubtful = numpy.flatnonzero(1 / (1 + numpy.exp(-odds)) >= from_)
            return doubtful, [planes[:, y:y + 224, x:x + 224] for y, x in (places[i] for i in doubtful)]

        odds = self.first_look(planes, places)
        doubtful, some = patches(0.1)
        if len(doubtful):
            turned = self.forward.run(numpy.ascontiguousarray(numpy.stack(some)[..., ::-1, ::-1]))
            odds[doubtful] = (odds[doubtful] + log_odds(turned[:, 1])) / 2
            doubtful, some = patches(max(0.1, self.second_from))
            if self.second and len(doubtful):
                odds[doubtful] = (odds[doubtful] + log_odds(self.second.run(numpy.stack(some))[:, 1])) / 2
        return 1 / (1 + numpy.exp(-odds))

    def p_max(self, path):
        import cv2
        import numpy
        phase = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        more = self.SIDE - 500
        if more:
            phase = numpy.pad(phase, (0, more), constant_values=numpy.nan)
        valid = numpy.isfinite(phase) & (phase != 0)
        cycles = numpy.where(valid, (phase + numpy.pi) / (2 * numpy.pi), 0)
        grey = numpy.round((cycles - numpy.floor(cycles)) * 256).astype(numpy.uint16).astype(numpy.uint8)
        grey[grey == 128] = 129
        grey[~valid] = 128
        edges = cv2.Canny(cv2.GaussianBlur(grey, (13, 13), 2), 60, 150)
        starts = list(range(0, self.SIDE - 224, 112)) + [self.SIDE - 224]
        places, shares, shown = [], [], []
        for place in ((y, x) for y in starts for x in starts):
            here = tuple(slice(start, start + 224) for start in place)
            count = numpy.count_nonzero(valid[here])
            if count < 0.05 * 224 * 224:
                continue
            places.append(here)
            shares.append(count / (224 * 224))
            shown.append(place if numpy.count_nonzero(edges[here]) >= 0.004 * count else None)
        seen = [place for place in shown if place]
        scores = iter(self.scores(self.encoding[:, grey], seen)) if seen else iter(())
        total, weights = numpy.zeros((2, self.SIDE, self.SIDE), numpy.float32)
        for here, place, share in zip(places, shown, shares):
            w = self.weight * numpy.float32(share)
            weights[here] += w
            if place:
                total[here] += w * next(scores)
        merged = numpy.where(valid & (weights > 0), total / numpy.maximum(weights, 1e-12), 0)
        return float(merged.max())


class SharingPipeline(PythonPipeline):
    """The convolutions run once over the whole picture, as in fringewatch; the model's card says what that changes."""

    SIDE = 512  # patches begin at multiples of 16
    SPINS = False  # the waiting threads of one network would take the processor from the next one's

    def __init__(self, networks, card, threads):
        super().__init__(networks, card, threads)
        import network_peers
        self.trunk, self.head = (network_peers.OnnxRuntime(networks[name], threads, spins=self.SPINS) for name in ("trunk", "head"))
        self.surroundings = card["surroundings"]

    def first_look(self, planes, places):
        import numpy
        maps = self.trunk.run(planes[None])[0]
        odds = log_odds(self.head.run(numpy.stack([maps[:, y // 16:y // 16 + 13, x // 16:x // 16 + 13] for y, x in places]))[:, 1])
        reach = self.surroundings["pixels"]
        edges = numpy.array([sum(min(1, d / reach) for d in (y, x, self.SIDE - 224 - y, self.SIDE - 224 - x)) for y, x in places]) / 4
        return odds * (1 + (self.surroundings["scale"] - 1) * edges) + self.surroundings["shift"] * edges


def keep_freed_memory():
    """As fringewatch's scan does: memory that was freed stays for the next file (glibc's M_MMAP_THRESHOLD and M_TRIM_THRESHOLD)."""
    mallopt = ctypes.CDLL(None).mallopt
    if not (mallopt(-3, 32 << 20) and mallopt(-1, 128 << 20)):
        sys.exit("the C library does not let freed memory be kept")


def one_file(engine, files, networks, card, arguments):
    head = (
        "| files | threads | fringewatch ms, median | least - most | Python, patch by patch, ms | median ratio | Python, sharing, ms | median ratio |")
    lines, differences, rounds = [], [], min(arguments.rounds, len(files))
    for row, together in {"after a pause": 1, "ten in a row": 10}.items():
        for threads in arguments.threads:
            peers = [PythonPipeline(networks, card, threads), SharingPipeline(networks, card, threads)]
            scores = {}

            def own(path):
                time, score = map(float, engine.ask("file", path, threads).split())
                scores[path] = score
                return time

            def timed(peer):
                def run(path):
                    begin = time.perf_counter()
                    score = peer.p_max(path)
                    elapsed = 1e3 * (time.perf_counter() - begin)
                    if isinstance(peer, SharingPipeline):
                        differences.append(abs(score - scores[path]))
                    return elapsed
                return run

            everybody = [own] + [timed(peer) for peer in peers]
            for path in files[:3]:
                engine.ask("file", path, threads)
                for peer in peers:
                    peer.p_max(path)
            times = [[], [], []]
            for first in range(0, rounds, together):
                for run, taken in zip(everybody, times):
                    time.sleep(0.1)  # for engines that keep their threads spinning
                    taken += [run(path) for path in files[first : min(first + together, rounds)]]
            cells = [row, str(threads), f"{statistics.median(times[0]):.1f}", f"{min(times[0]):.1f} - {max(times[0]):.1f}"]
            for taken in times[1:]:
                cells += [f"{statistics.median(taken):.1f}", f"{statistics.median(b / a for a, b in zip(times[0], taken)):.2f}"]
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], file=sys.stderr)
    note = (
        f"P_max differs from the sharing peer's by {statistics.median(differences):.4f} in the median, {max(differences):.3f} at most: "
        "the peer's edges ignore the mask.")
    return [head, "|---|---|---|---|---|---|---|---|"] + lines, note


# A process of its own and a small one, because what Linux calls the largest resident set of a program includes that of whoever started it.
MEASURED = """
import os, resource, subprocess, sys
with open(os.devnull, "w") as nowhere:
    status = subprocess.run(sys.argv[1:], stdout=nowhere).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(status != 0)
"""


def archive(binary, model, files, arguments):
    """Seconds and largest resident set of scans of more and more files."""
    lines, counts = [], [n for n in (125, 250, 500) if n < len(files)] + [len(files)]
    for threads in arguments.threads:
        for count in counts if threads == arguments.threads[0] else counts[-1:]:
            with tempfile.TemporaryDirectory() as folder:
                for path in files[:count]:
                    os.link(path, pathlib.Path(folder) / path.name)
                command = [binary, "scan", folder, "--at=0,14.25", "--json", "--threads", str(threads), "--model", model]
                begin = time.perf_counter()
                done = subprocess.run([sys.executable, "-S", "-c", MEASURED, *command], stdout=subprocess.PIPE, text=True)
                seconds = time.perf_counter() - begin
            if done.returncode:
                sys.exit(f"{' '.join(map(str, command))} failed")
            lines.append(
                f"| {threads} | {count} | {seconds:.1f} | {count / seconds:.1f} | {MISSION / count * seconds / 60:.1f} | {int(done.stdout)} |")
            print(lines[-1], file=sys.stderr)
    head = f"| threads | interferograms | s | a second | minutes for {MISSION:,} | largest resident set, MB |"
    return [head, "|---|---|---|---|---|---|"] + lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("benchmark", "fringewatch", "model"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--venv", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "fringewatch-peers")
    parser.add_argument("--scenes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--threads", type=lambda text: [int(t) for t in text.split(",")], default=[2, 1])
    arguments = parser.parse_args()
    if os.environ.get("FRINGEWATCH_PEERS") != str(arguments.venv):
        network.install(arguments.venv)
    import network_peers
    import torch
    keep_freed_memory()
    engine = network.Engine(arguments.benchmark)
    with tempfile.TemporaryDirectory(prefix="fringewatch-pipeline-") as folder:
        folder = pathlib.Path(folder)
        engine.ask("scenes", folder / "scenes", arguments.scenes)
        files = sorted((folder / "scenes").iterdir())
        print(engine.ask("model", arguments.model), file=sys.stderr)
        peer, second = network_peers.stored(arguments.model)
        channels = peer.conv1.in_channels
        parts = {"forward": (peer, (channels, 224, 224)), "trunk": (peer, (channels, 512, 512)), "head": (peer, (128, 13, 13))}
        if second:
            parts["second"] = second, (channels, 224, 224)
        networks = {name: folder / f"{name}.onnx" for name in parts}
        for name, (whole, shape) in parts.items():
            torch.onnx.export(
                whole if whole is second else network_peers.Part(whole, name), torch.zeros(1, *shape), str(networks[name]), dynamo=False,
                input_names=["x"], dynamic_axes={"x": {0: "n"}})
        card = json.loads(arguments.model.with_suffix(".json").read_text())
        if "surroundings" not in card:
            sys.exit(f"the card of {arguments.model} has no surroundings: its model cannot share what patches have in common")
        table, note = one_file(engine, files, networks, card, arguments)
        engine.close()
        print("One file of 500 x 500 pixels to P_max:\n\n" + "\n".join(table) + "\n\n" + note, flush=True)
        print("\nArchive:\n\n" + "\n".join(archive(arguments.fringewatch, arguments.model, files, arguments)))


if __name__ == "__main__":
    main()
