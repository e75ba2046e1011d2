"""Sends collections of attacks through every door of a real daemon, and judges what reaches people.

    python bench/attacks.py CORPORA [--only KIND] [--limit N]

CORPORA is a folder with a `manifest.jsonl`, a JSON object a line: of those with `"task": "attack"`, `kind` says what is at
`path`. xss_strings, crlf_strings, naughty_strings, ssrf_urls: a JSON list of texts; html_sanitise_pair: JSON lines with
`payload`; xml_attack: a document. Nothing of them is kept. Prints figures for each kind, then every fault; the exit
status is 1 if there is one. What is judged is said in tests/support/attacks.py.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.attacks import Door, Payload, Report, attack

DOORS = {
    "xss_strings": (Door.TEXT, Door.PAGE),
    "crlf_strings": (Door.TEXT, Door.LINK, Door.REDIRECT),
    "naughty_strings": (Door.TEXT,),
    "ssrf_urls": (Door.LINK, Door.REDIRECT),
    "html_sanitise_pair": (Door.TEXT, Door.PAGE),
    "xml_attack": (Door.FEED,),
}
AT_ONCE = 400  # payloads of one daemon; they take about 20 s (2 cores, 2026-11-22)
PATIENCE = 120.0  # seconds until those that have not arrived count as lost


def payloads(corpora: Path, only: str | None, limit: int | None) -> Iterator[Payload]:
    """Everything that there is of the kinds that are known."""
    for line in (corpora / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["task"] != "attack" or row["kind"] not in DOORS or only not in (None, row["kind"]):
            continue
        for text in _texts(corpora / row["path"], row["kind"])[:limit]:
            for door in DOORS[row["kind"]]:
                yield Payload(corpus=row["kind"], door=door, text=text)


def _texts(path: Path, kind: str) -> list[str]:
    if kind == "xml_attack":
        return [path.read_bytes().decode("utf-8", "surrogateescape")]
    text = path.read_text("utf-8")
    if kind == "html_sanitise_pair":
        return [json.loads(line)["payload"] for line in text.split("\n") if line]
    found: list[str] = json.loads(text)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Let attacks through every door, and judge what reaches people.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--only", metavar="KIND", choices=DOORS)
    parser.add_argument("--limit", type=int, metavar="N", help="so many of each collection")
    options = parser.parse_args()
    report = Report()
    found = list(payloads(options.corpora, options.only, options.limit))
    for at in range(0, len(found), AT_ONCE):
        with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
            part = asyncio.run(attack(Path(folder), found[at : at + AT_ONCE], patience=PATIENCE, shown=3))
        report.add(part)
        print(f"{min(at + AT_ONCE, len(found))} of {len(found)}", file=sys.stderr)
    for corpus, counts in report.counts.items():
        figures = ", ".join(
            f"{counts[what]} {what}" for what in ("sent", "by webhook", "by mail", "in a story that was told")
        )
        print(f"{corpus:20} {figures}")
    print(f"{report.connects} connections, {report.seconds:.0f} s, {len(report.faults)} faults")
    for fault in report.faults:
        print(" ", fault)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
