#!/usr/bin/env python3
"""Adds up the coverage of all test projects, prints it by package and file, and fails below a floor.

usage: coverage.py RESULTS_FOLDER FLOOR_PERCENT
"""
import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def read(folder):
    """Line hits by package, file and line: a line counts as covered when any test project reached it."""
    hits = collections.defaultdict(lambda: collections.defaultdict(dict))
    for report in sorted(pathlib.Path(folder).rglob("coverage.cobertura.xml")):
        for package in ElementTree.parse(report).iter("package"):
            for source in package.iter("class"):
                # Reports name files relative to their own source folder: the part from the package's folder is common.
                name = source.get("filename").replace("\\", "/")
                marker = "/" + package.get("name") + "/"
                name = ("/" + name).rpartition(marker)[2].lstrip("/")
                lines = hits[package.get("name")][name]
                for line in source.iter("line"):
                    number = int(line.get("number"))
                    lines[number] = max(lines.get(number, 0), int(line.get("hits")))
    return hits


def percent(lines):
    return 100.0 * sum(1 for hit in lines if hit) / max(1, len(lines))


def main(folder, floor):
    everything = []
    for package, files in sorted(read(folder).items()):
        of_package = [hit for lines in files.values() for hit in lines.values()]
        everything += of_package
        print(f"{percent(of_package):6.1f} %  {package} ({len(of_package)} lines)")
        weakest = sorted(files.items(), key=lambda item: sum(1 for hit in item[1].values() if not hit), reverse=True)
        for name, lines in weakest[:8]:
            missed = sorted(number for number, hit in lines.items() if not hit)
            if missed:
                print(f"{percent(lines.values()):10.1f} %  {name}: {len(missed)} lines missed, first at {missed[0]}")
    total = percent(everything)
    print(f"Line coverage of src: {total:.1f} % of {len(everything)} lines (floor: {floor:g} %)")
    return 0 if everything and total >= floor else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
