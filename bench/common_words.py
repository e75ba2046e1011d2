"""Counts how common words are in news, for src/monitor/core/stories/common.py.

    python bench/common_words.py DATA > src/monitor/core/stories/common.py

DATA is a folder of texts as in the note of that module. What is written are stems and in what share of the texts of their
language they are, in steps; nothing of the texts themselves.
"""

import gzip
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import log
from pathlib import Path
from textwrap import wrap
from typing import Any

from monitor.core import languages
from monitor.core.stories import news

FEWEST_TEXTS, FEWEST = 50, 5  # of a language; that have a word
DOUBT = 60  # texts without any word that are added to each language: few texts say little
READ = 6000
STEP = 4  # steps of rarity in one
LEAST = 150  # characters; less is no text

HEAD = '''\
"""How common words are in news: shares of texts, by language the greatest. Made by bench/common_words.py, not edited.

Belongs here: the table and its look-up, nothing else.

Counted 2026-11-22 in {texts}: the development parts of the
Universal Dependencies treebanks EWT and GSD (English, German, French, Spanish, Russian) and Taiga, fifteen sentences at a
time; factRuEval 2016; news pages and feeds among the test data of trafilatura, htmldate, fundus, newspaper, goose and feed
readers. A stem that at least {fewest} texts of a language have is listed, with its rarity (negative logarithm of the share
of that language's texts) in steps of {step}.
"""

from functools import cache


def rarity(stem: str, unknown: float) -> float:
    """The negative logarithm of the share of texts that have a word; `unknown` if it is rare or its language not counted."""
    step = _table().get(stem)
    return unknown if step is None else step / _STEPS


@cache
def _table() -> dict[str, int]:
    return {{stem: step for step, stems in enumerate(_STEMS) for stem in stems.split()}}


_STEPS = {steps}
_STEMS = (
'''


def main() -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    texts: Counter[str] = Counter()
    for language, text in _texts(Path(sys.argv[1])):
        texts[language] += 1
        counts[language].update(news.stems(text[:READ]).keys())
    shares: dict[str, float] = {}
    counted = [language for language, number in texts.most_common() if number >= FEWEST_TEXTS]
    for language in counted:
        for stem, count in counts[language].items():
            if count >= FEWEST and not stem[0].isdigit() and len(stem) > 1:
                shares[stem] = max(shares.get(stem, 0), count / (texts[language] + DOUBT))
    said = ", ".join(f"{texts[language]} {language}" for language in counted) + " texts"
    _write(shares, said)


def _write(shares: dict[str, float], said: str) -> None:
    steps: dict[int, list[str]] = defaultdict(list)
    for stem, share in sorted(shares.items()):
        steps[round(-log(share) * STEP)].append(stem)
    print(HEAD.format(texts=said, fewest=FEWEST, step=1 / STEP, steps=STEP), end="")
    for step in range(max(steps) + 1):
        lines = wrap(" ".join(steps[step]), 114)
        print(f'    """{lines[0]}' if len(lines) > 1 else f'    "{"".join(lines)}",')
        if len(lines) > 1:
            print("\n".join(f"    {line}" for line in lines[1:]) + '""",')
    print(")")


def _texts(data: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((data / "ud").glob("*/*.conllu.gz")):
        sentences = [line[9:] for line in _read(path).splitlines() if line.startswith("# text = ")]
        language = path.name[:2]
        yield from ((language, "\n".join(sentences[at : at + 15])) for at in range(0, len(sentences), 15))
    lines = (data / "manifest.jsonl").read_text().splitlines()
    rows = [row for row in map(json.loads, lines) if isinstance(row["path"], str)]
    for row in rows:
        if row["kind"] == "entity_mentions_doc":
            yield row["lang"], _read(data / row["path"])
    pages = {row["path"]: row for row in rows if row["task"] == "article" and ".htm" in row["path"][-9:]}
    for answer in _filtered("extract", data, list(pages.values())):
        yield from _text(answer)
    for answer in _filtered("parse", data, [row for row in rows if row["kind"] == "feed_real"]):
        for entry in answer.get("entries") or ():
            yield from _text(entry)


def _read(path: Path) -> str:
    return (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()


def _text(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    text = f"{found.get('title') or ''}\n{found.get('text') or found.get('summary') or ''}"
    if len(text) > LEAST:
        yield languages.detect(text) or "", text


def _filtered(command: str, data: Path, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = [{"id": row["id"], "url": "https://example.org/", "path": str(data / row["path"])} for row in rows]
    given = "".join(json.dumps(line) + "\n" for line in lines)
    monitor = Path(sys.executable).with_name("monitor")
    done = subprocess.run([monitor, command], input=given.encode(), stdout=subprocess.PIPE, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    main()
