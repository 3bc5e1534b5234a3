#!/usr/bin/env python3
"""Adds up what the test runner recorded (its .trx files) and prints `N passed, N failed, N skipped`.

usage: test-counts.py RESULTS_FOLDER [--failures]
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

NAMESPACE = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"


def main(folder, show_failures):
    passed = failed = skipped = 0
    for report in sorted(pathlib.Path(folder).rglob("*.trx")):
        for result in ElementTree.parse(report).iter(NAMESPACE + "UnitTestResult"):
            outcome = result.get("outcome")
            if outcome == "Passed":
                passed += 1
            elif outcome == "NotExecuted":
                skipped += 1
            else:
                failed += 1
            if show_failures and outcome not in ("Passed", "NotExecuted"):
                print(f"{outcome}: {result.get('testName')}")
            elif show_failures and outcome == "NotExecuted":
                print(f"Skipped: {result.get('testName')}: {result.findtext(f'.//{NAMESPACE}Message')}")
    if not show_failures:
        print(f"{passed} passed, {failed} failed, {skipped} skipped")


if __name__ == "__main__":
    main(sys.argv[1], "--failures" in sys.argv[2:])
