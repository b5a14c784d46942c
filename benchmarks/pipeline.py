#!/usr/bin/python3
"""From files to P_max, and the scan of an archive, as Markdown tables.

    benchmarks/pipeline.py BENCHMARK FRINGEWATCH MODEL [--venv FOLDER] [--scenes N] [--rounds N] [--threads 2,1]

BENCHMARK and FRINGEWATCH are release builds, MODEL a safetensors file of the half-width pooled AlexNet with its card (make benchmark).

One interferogram in fifty shows deformation; flagged ones are looked at more closely, as always.

One file: a GeoTIFF of 500 x 500 pixels is read, made grey, gated, cut into half-overlapping patches, classified and merged; no picture, no
second look for the place, no count of fringes. The peer does the same in Python with OpenCV, NumPy and ONNX Runtime. Both take turns over the same files.

Archive: `fringewatch scan` of ever more synthetic interferograms, the program's start and all output included; the largest resident set
is what the kernel says of the process.
"""
import argparse, os, pathlib, statistics, subprocess, sys, tempfile, time

import network

MISSION = 30_249  # interferograms of the archive in Anantrasirichai et al. 2018


class PythonPipeline:
    def __init__(self, onnx, channels, threads):
        # OpenCV complains of every file's georeference, which it does not know.
        os.environ["OPENCV_LOG_LEVEL"] = "ERROR"
        import cv2
        import network_peers
        import numpy
        cv2.setNumThreads(threads)
        levels = numpy.arange(256, dtype=numpy.float32)
        phase = (levels - 128) / 128 * numpy.pi
        # What a level is to the network, channel by channel: its height, or the phase's cosine and sine with no data as 0.
        self.encoding = numpy.stack([(levels - 128) / 128] if channels == 1 else [numpy.cos(phase), numpy.sin(phase)]).astype(numpy.float32)
        self.encoding[:, 128] = 0
        self.engine = network_peers.OnnxRuntime(onnx, threads)
        axis = numpy.exp(-((numpy.arange(224) - 111.5) ** 2) / (2 * (224 / 6) ** 2))
        self.weight = numpy.outer(axis, axis).astype(numpy.float32)

    def scores(self, patches):
        """From 0.1 on a patch is looked at mirrored and turned as well, and the mean of the log-odds counts."""
        import numpy
        scores = self.engine.run(patches)[:, 1]
        doubtful = numpy.flatnonzero(scores >= 0.1)
        if len(doubtful):
            some = patches[doubtful]
            views = numpy.concatenate([some[..., ::-1], some[..., ::-1, ::-1], some[..., ::-1, :]])
            again = self.engine.run(numpy.ascontiguousarray(views))[:, 1].reshape(3, -1)
            every = numpy.clip(numpy.vstack([scores[doubtful], again]), 1e-30, 1 - 6e-8)
            scores[doubtful] = 1 / (1 + numpy.exp(-numpy.mean(numpy.log(every) - numpy.log(1 - every), axis=0)))
        return scores

    def p_max(self, path):
        import cv2
        import numpy
        phase = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        valid = numpy.isfinite(phase) & (phase != 0)
        cycles = numpy.where(valid, (phase + numpy.pi) / (2 * numpy.pi), 0)
        grey = numpy.round((cycles - numpy.floor(cycles)) * 256).astype(numpy.uint16).astype(numpy.uint8)
        grey[grey == 128] = 129
        grey[~valid] = 128
        edges = cv2.Canny(cv2.GaussianBlur(grey, (13, 13), 2), 60, 150)
        starts = list(range(0, 500 - 224, 112)) + [500 - 224]
        origins, patches, shares = [], [], []
        planes = self.encoding[:, grey]
        for y in starts:
            for x in starts:
                here = (slice(y, y + 224), slice(x, x + 224))
                count = numpy.count_nonzero(valid[here])
                if count < 0.05 * 224 * 224:
                    continue
                origins.append(here)
                shares.append(count / (224 * 224))
                seen = numpy.count_nonzero(edges[here]) >= 0.004 * count
                patches.append(planes[(slice(None), *here)] if seen else None)
        shown = [p for p in patches if p is not None]
        scores = iter(self.scores(numpy.stack(shown))) if shown else iter(())
        total, weights = numpy.zeros((2, 500, 500), numpy.float32)
        for here, patch, share in zip(origins, patches, shares):
            w = self.weight * numpy.float32(share)
            weights[here] += w
            if patch is not None:
                total[here] += w * next(scores)
        merged = numpy.where(valid & (weights > 0), total / numpy.maximum(weights, 1e-12), 0)
        return float(merged.max())


def one_file(engine, files, onnx, channels, arguments):
    lines, differences = [], []
    for threads in arguments.threads:
        peer, own_times, peer_times = PythonPipeline(onnx, channels, threads), [], []
        for path in files[:3]:
            engine.ask("file", path, threads)
            peer.p_max(path)
        for path in files[: arguments.rounds]:
            time.sleep(0.1)  # for engines that keep their threads spinning
            own, p = map(float, engine.ask("file", path, threads).split())
            begin = time.perf_counter()
            other = peer.p_max(path)
            peer_times.append(1e3 * (time.perf_counter() - begin))
            own_times.append(own)
            differences.append(abs(p - other))
        own, theirs = statistics.median(own_times), statistics.median(peer_times)
        ratio = statistics.median(b / a for a, b in zip(own_times, peer_times))
        lines.append(f"| {threads} | {own:.1f} | {min(own_times):.1f} - {max(own_times):.1f} | {theirs:.1f} | {ratio:.2f} |")
    note = f"P_max of both differs by {statistics.median(differences):.4f} in the median, {max(differences):.3f} at most: the peer's edges ignore the mask."
    return ["| threads | fringewatch ms, median | least - most | Python ms, median | median ratio |", "|---|---|---|---|---|"] + lines, note


def archive(binary, model, files, arguments):
    """Seconds and largest resident set of scans of more and more files."""
    lines, counts = [], [n for n in (125, 250, 500) if n < len(files)] + [len(files)]
    for threads in arguments.threads:
        for count in counts if threads == arguments.threads[0] else counts[-1:]:
            with tempfile.TemporaryDirectory() as folder:
                for path in files[:count]:
                    os.link(path, pathlib.Path(folder) / path.name)
                command = [binary, "scan", folder, "--at=40.75,14.25", "--json", "--threads", str(threads), "--model", model]
                begin = time.perf_counter()
                with open(os.devnull, "w") as nowhere:
                    process = subprocess.Popen(command, stdout=nowhere)
                    _, status, usage = os.wait4(process.pid, 0)
                seconds = time.perf_counter() - begin
            if status:
                sys.exit(f"{' '.join(map(str, command))} ended with status {status}")
            lines.append(f"| {threads} | {count} | {seconds:.1f} | {count / seconds:.1f} | {MISSION / count * seconds / 60:.1f} | {usage.ru_maxrss // 1024} |")
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
    engine = network.Engine(arguments.benchmark)
    with tempfile.TemporaryDirectory(prefix="fringewatch-pipeline-") as folder:
        folder = pathlib.Path(folder)
        engine.ask("scenes", folder / "scenes", arguments.scenes)
        files = sorted((folder / "scenes").iterdir())
        print(engine.ask("model", arguments.model), file=sys.stderr)
        peer = network_peers.half_pooled(arguments.model)
        channels = peer.conv1.in_channels
        torch.onnx.export(
            peer, torch.zeros(1, channels, 224, 224), str(folder / "model.onnx"), dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "n"}})
        table, note = one_file(engine, files, folder / "model.onnx", channels, arguments)
        engine.close()
        print("One file of 500 x 500 pixels to P_max:\n\n" + "\n".join(table) + "\n\n" + note, flush=True)
        print("\nArchive:\n\n" + "\n".join(archive(arguments.fringewatch, arguments.model, files, arguments)))


if __name__ == "__main__":
    main()
