#!/usr/bin/python3
"""The paper's table 3 again: how much of what is flagged is deformation, before and after one round of review.

    benchmarks/review_round.py FRINGEWATCH MODEL [--scenes N] [--unseen N] [--terrain FOLDER] [--keep FOLDER] [--seed N]

FRINGEWATCH is a release build, MODEL a safetensors file with its card. A large set of synthetic scenes is made of which 0.3 % show deformation,
as in an archive, and scanned; everything flagged (P_max of 0.5 or more) is judged by the truth that lies beside each scene, at the place
that was flagged: that is the round of review. `fringewatch retrain` learns from those verdicts. Then both models scan scenes that nobody has
judged, a tenth of them with deformation. None was in a training.

A scene counts as deformation from one visible fringe and a signal-to-noise ratio of 0.7 on, as none without a source; the rest is left
out. PPV = s TPR / (s TPR + (1 - s) FPR) is given for a share s of 0.3 %, from the rates measured on the unseen scenes. That is exact, where
counting a handful of positives among thousands would not be.
"""
import argparse, json, math, os, pathlib, shutil, subprocess, sys, tempfile

SHARE = 0.003
FLAGGED = 0.5
SIDE = 500  # pixels of a scene, and of a crop
PHASE = "20200101_20200113.geo.diff_pha.tif"


def run(*command, accept=(0,)):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode not in accept:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}: {done.stderr}")
    return done


def truth(folder):
    """True, False or None (neither) of a scene."""
    source = json.loads((folder / "truth.json").read_text()).get("source")
    if source is None:
        return False
    return True if source["fringes"] >= 1 and source["signal_to_noise"] >= 0.7 else None


def synthesize(binary, folder, *options):
    if not folder.exists():
        run(binary, "synthesize", folder.with_name(folder.name + ".part"), "--side", SIDE, *options)
        folder.with_name(folder.name + ".part").rename(folder)
    return {p.name: truth(p) for p in sorted(folder.iterdir())}


def scan(binary, model, folder):
    """What was found by scene, of those that could be assessed."""
    middle = f"--at={0.6 - SIDE / 2000},{SIDE / 2000}"  # synthetic scenes have their upper left corner at 0.6 N, 0 E
    found = json.loads(run(binary, "scan", folder, middle, "--json", "--model", model).stdout)
    # The files bear the same name in every scene's folder; results come in the folders' order.
    names = sorted(p.name for p in folder.iterdir())
    if len(found) != len(names):
        sys.exit(f"{len(names)} scenes, {len(found)} results")
    return {n: r["result"]["scored"]["_0"] for n, r in zip(names, found) if "scored" in r["result"]}


def review(folder, labels, found, judged):
    """Gives each flag the verdict that the truth demands, as `fringewatch review export` would write it."""
    counts = {True: 0, False: 0}
    judged.mkdir()
    with open(judged / "verdicts.csv", "w") as table:
        table.write("file,verdict,volcano,place_latitude,place_longitude\n")
        for name, finding in found.items():
            if finding["p_max"] < FLAGGED or labels[name] is None:
                continue
            os.link(folder / name / PHASE, judged / f"{name}.tif")
            verdict = "deformation" if labels[name] else "atmosphere"
            table.write(f"{name}.tif,{verdict},{name},{finding['place']['latitude']},{finding['place']['longitude']}\n")
            counts[labels[name]] += 1
    return counts


def rates(scores, labels, limit):
    positives = [scores[n] >= limit for n in scores if labels[n] is True]
    negatives = [scores[n] >= limit for n in scores if labels[n] is False]
    tpr, fpr = sum(positives) / len(positives), sum(negatives) / len(negatives)
    ppv = SHARE * tpr / (SHARE * tpr + (1 - SHARE) * fpr) if tpr + fpr > 0 else float("nan")
    return tpr, fpr, ppv, len(positives), len(negatives)


def area(scores, labels):
    """Under the ROC curve."""
    positives = [scores[n] for n in scores if labels[n] is True]
    negatives = [scores[n] for n in scores if labels[n] is False]
    return sum((p > n) + (p == n) / 2 for p in positives for n in negatives) / len(positives) / len(negatives)


def limit_finding(tpr, scores, labels):
    """The highest threshold that finds this share of the deformation."""
    positives = sorted((scores[n] for n in scores if labels[n] is True), reverse=True)
    return positives[max(0, math.ceil(round(tpr * len(positives), 6)) - 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fringewatch", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--scenes", type=int, default=3000, help="that are reviewed")
    parser.add_argument("--unseen", type=int, default=2400, help="that both models are measured on")
    parser.add_argument("--base-patches", type=int, default=2000, help="what retrain learns beside the verdicts")
    parser.add_argument("--terrain", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="keep scenes and base patches here (10 GB), and take them from here")
    parser.add_argument("--seed", type=int, default=31_415)
    arguments = parser.parse_args()
    binary, model = arguments.fringewatch.resolve(), arguments.model.resolve()
    terrain = arguments.terrain.resolve() if arguments.terrain else None
    options = ["--seed", arguments.seed] + (["--terrain", terrain] if terrain else [])
    with tempfile.TemporaryDirectory(prefix="fringewatch-review-") as work:
        work = pathlib.Path(work)
        kept = arguments.keep or work / "kept"
        kept.mkdir(exist_ok=True)
        # Here, because a file can have a second name on its own file system alone.
        judged = pathlib.Path(tempfile.mkdtemp(prefix="judged-", dir=kept)) / "crops"
        # Other scenes have other folders: what is kept is taken for what was asked for.
        drawn = f"seed-{arguments.seed}-" + (f"terrain-{terrain.name}" if terrain else "invented")
        reviewed = kept / f"reviewed-{drawn}-{arguments.scenes}"
        unseen = kept / f"unseen-{drawn}-{arguments.unseen}-after-{arguments.scenes}"
        labels = synthesize(binary, reviewed, "--count", arguments.scenes, "--deformation", SHARE, *options)
        counts = review(reviewed, labels, scan(binary, model, reviewed), judged)
        print(f"{len(labels)} scenes, {sum(counts.values())} verdicts: {counts[True]} deformation, {counts[False]} not.", file=sys.stderr)
        base = work / "base.yaml"
        base.write_text(json.dumps({"name": "base", "data": [{"name": "base", "synthetic": {
            "patches": arguments.base_patches, "seed": 1_000_001, **({"terrain": str(terrain)} if terrain else {})}}]}))
        config = work / "config.yaml"
        config.write_text(
            f"state_directory: {work}/state\nruntime_directory: {work}/run\ndetection: {{model: {model}}}\nwatch: {{volcanoes: [353050]}}\n"
            f"catalogues: [{{name: jasmin, kind: jasmin}}]\nreceivers: [{{name: local, kind: maildir, path: {work}/maildir}}]\n")
        retrained = run(binary, "retrain", "--reviewed", judged, "--config", config, "--name", "reviewed",
                        "--base", base, "--cache", kept, "--json", accept=(0, 1))
        shutil.rmtree(judged.parent)
        report = json.loads(retrained.stdout)
        challenger = next((work / "state" / "models").glob("reviewed@*.safetensors"))
        labels = synthesize(binary, unseen, "--count", arguments.unseen, "--first", arguments.scenes, "--deformation", 0.1, *options)
        lines, found = [], []
        for title, weights in [("before", model), ("after one round", challenger)]:
            scores = {name: finding["p_max"] for name, finding in scan(binary, weights, unseen).items()}
            auc = area(scores, labels)
            # The same thresholds, and those that find as much as the model before did: a model that only says less gains nothing there.
            for limit in [FLAGGED, 0.8] + [limit_finding(tpr, scores, labels) for tpr in found]:
                tpr, fpr, ppv, positives, negatives = rates(scores, labels, limit)
                lines.append(f"| {title} | {limit:.2f} | {tpr:.3f} | {fpr:.4f} | {100 * ppv:.1f} % | {auc:.3f} |")
                if title == "before":
                    found.append(tpr)
        print(f"{sum(counts.values())} verdicts: {counts[True]} deformation, {counts[False]} not. Retrained in {report['seconds']:.0f} s. "
              f"Measured on {positives} unseen scenes with and {negatives} without deformation.\n")
        print(f"| model | flagged from | TPR | FPR | PPV where {100 * SHARE} % is deformation | AUC |\n|---|---|---|---|---|---|\n" + "\n".join(lines))
        print("\nJudged crops, by the rule of promotion:\n\n| crops | model | with deformation: flagged at the alert threshold | without: flagged |\n|---|---|---|---|")
        for line in report["lines"]:
            alerted, flagged = line["alerted"], line["flagged"]
            print(f"| {line['data']} | {line['model'].split('@')[0]} | {alerted['kept']} of {alerted['positives']} | "
                  f"{flagged['false_positives']} of {flagged['negatives']} |")
        verdict = report["finding"]
        print("\nThe rule of promotion: " + ("it may be promoted." if retrained.returncode == 0 else "; ".join(verdict["reasons"])))


if __name__ == "__main__":
    main()
