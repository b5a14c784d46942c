#!/usr/bin/env python3
"""Makes volcanoes.csv and frames.csv, the built-in lists, beside this script.

    make-lists.py GVP_HOLOCENE.csv LICSAR_FRAME_CENTRES.csv

The first is the Holocene list that the Global Volcanism Program exports, the second a table of LiCSAR frame metadata with the
columns frame, center_lon and center_lat. Only facts are taken: numbers, names, places.
"""

import csv
import pathlib
import re
import sys

VOLCANOES_HEADER = """\
# The world's Holocene volcanoes: number, name, country, region, place of the summit, metres above the sea.
# Source: Global Volcanism Program, 2025. Volcanoes of the World, Smithsonian Institution (Holocene list as exported on 2025-07-04).
# Made by make-lists.py: names that the source sorts by their second part ("Negra, Sierra") are written as people say them.
"""
FRAMES_HEADER = """\
# Centres of LiCSAR frames in degrees. They only tell which frames to look at; a frame's polygon, from the catalogue, decides.
# Source: COMET LiCSAR frame metadata. Made by make-lists.py; frames without a centre in the source are left out.
"""


def spoken_name(name: str) -> str:
    """ "Negra, Sierra" is Sierra Negra; "Est, Ile de l'" is Ile de l'Est."""
    head, comma, lead = (" ".join(part.split()) for part in name.partition(","))
    if not comma:
        return head
    return lead + ("" if lead[-1] in "'-" else " ") + head


def volcanoes(source: pathlib.Path) -> list[list[str]]:
    rows = []
    with source.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            number, latitude, longitude = int(row["volcano_number"]), float(row["latitude"]), float(row["longitude"])
            assert 100_000 <= number <= 999_999 and abs(latitude) <= 90 and abs(longitude) <= 180, row
            rows.append([
                str(number), spoken_name(row["volcano_name"]), " ".join(row["country"].split()),
                " ".join(row["volcanic_region"].split()), f"{latitude:g}", f"{longitude:.7g}", str(int(row["elevation_m"]))])
    assert len({row[0] for row in rows}) == len(rows), "volcano numbers are not unique"
    return sorted(rows)


def frames(source: pathlib.Path) -> list[list[str]]:
    rows = []
    with source.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if not re.fullmatch(r"\d{3}[AD]_\w+", row["frame"]) or not row["center_lon"] or not row["center_lat"]:
                print("left out, no centre:", row["frame"], file=sys.stderr)
                continue
            longitude, latitude = float(row["center_lon"]), float(row["center_lat"])
            assert abs(latitude) <= 90 and abs(longitude) <= 180, row
            rows.append([row["frame"], f"{longitude:.7g}", f"{latitude:.6g}"])
    return sorted(rows)


def write(target: pathlib.Path, header: str, columns: list[str], rows: list[list[str]]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(header)
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)
    print(f"{target.name}: {len(rows)} rows", file=sys.stderr)


if len(sys.argv) != 3:
    sys.exit(__doc__)
folder = pathlib.Path(__file__).parent
write(folder / "volcanoes.csv", VOLCANOES_HEADER, ["number", "name", "country", "region", "latitude", "longitude", "elevation"],
      volcanoes(pathlib.Path(sys.argv[1])))
write(folder / "frames.csv", FRAMES_HEADER, ["frame", "longitude", "latitude"], frames(pathlib.Path(sys.argv[2])))
