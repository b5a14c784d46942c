#!/usr/bin/python3
"""How COMET's own network, trained on real interferograms, ranks the labelled real chips that a model of this project is measured on.

    benchmarks/comet_scores.py CHIPS SCORES.zip [SCORED.csv]

CHIPS is the folder of chips with its manifest.csv; SCORES.zip holds COMET's published P_max of whole interferograms, a line
"NAME_DATE_DATE.geo.diff_pha SCORE" each. A chip gets its interferogram's score: the same volcano, by the first word of its name, and the same
dates. SCORED.csv is what `fringewatch evaluate MODEL CHIPS --csv SCORED.csv` writes; with it the same chips are ranked by that model too.

Not a fair race: COMET's network learnt from real interferograms, quite likely from some of these. It says what these labels allow.
"""
import csv, pathlib, re, sys, zipfile


def interferogram_scores(archive):
    """(first word of the name, first date, second date) to P_max, the greatest where a name stands twice."""
    scores = {}
    line = re.compile(r"(?:.*/)?([^/]+?)_(\d{8})_(\d{8})\.geo\.diff_pha (\d\.?\d*(?:e-?\d+)?)$")
    with zipfile.ZipFile(archive) as files:
        for name in files.namelist():
            for text in files.read(name).decode("utf-8", "replace").splitlines():
                found = line.match(text.strip())
                if found:
                    key = (first_word(found[1]), found[2], found[3])
                    scores[key] = max(scores.get(key, 0), float(found[4]))
    return scores


def first_word(volcano):
    return re.split(r"[_-]", volcano.lower())[0]


def summary(pairs):
    """AUC, and the TPR at thresholds that leave at least so much of the background alone."""
    positive = [score for score, label in pairs if label]
    negative = sorted(score for score, label in pairs if not label)
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    cells = [f"{wins / len(positive) / len(negative):.3f}"]
    for share in (0.95, 0.98, 0.99):
        threshold = negative[min(len(negative) - 1, int(-(-share * len(negative) // 1)) - 1)]
        cells.append(f"{sum(p > threshold for p in positive) / len(positive):.3f}")
    return cells


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    chips = list(csv.DictReader(open(pathlib.Path(sys.argv[1]) / "manifest.csv")))
    scores = interferogram_scores(sys.argv[2])
    known = {}
    for chip in chips:
        score = scores.get((first_word(chip["volcano"]), chip["first_date"], chip["second_date"]))
        if score is not None:
            known[chip["file"]] = (score, chip["label"] == "1")
    if not known:
        sys.exit("none of the chips' interferograms has a score: are these the right files?")
    print(f"{len(known)} of {len(chips)} chips have a score, {sum(label for _, label in known.values())} of them with deformation.\n")
    print("| scores | AUC | TPR at TNR 0.95 | 0.98 | 0.99 |\n|---|---|---|---|---|")
    print("| COMET's network, whole interferograms | " + " | ".join(summary(list(known.values()))) + " |")
    if len(sys.argv) == 4:
        own = [(float(row["probability"]), row["label"] == "1") for row in csv.DictReader(open(sys.argv[3])) if row["name"] in known]
        print("| this model, chips | " + " | ".join(summary(own)) + " |")


if __name__ == "__main__":
    main()
