"""How well reports of the same news are told from others, on labelled texts, and how much each setting matters.

    python bench/same_story.py DATA [--settings] [--merges]

DATA is a folder with dedup/tgcontest_pairs.jsonl, dedup/ecbplus_docs.jsonl, dedup/uci_headlines.jsonl and manifest.jsonl
with article bodies. Printed are figures of pairs, and of articles that come one after the other and are placed as the
program does, all within the window; with --settings how they change when one setting does, with --merges which of the
bodies (nearly all of them different news) are taken for the same.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from monitor.core.model import Article
from monitor.core.stories import news
from monitor.store import grouping

LIMITS = (0.26, 0.30, 0.36, 0.40, 0.45, 0.50, 0.55, 0.60)
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Text:
    id: str
    title: str
    text: str
    label: str = ""
    group: str = ""


def placed(texts: Sequence[Text]) -> list[str]:
    """The story of each text, as `monitor cluster` finds it."""
    with closing(grouping.start()) as db:
        return [grouping.place(db, _article(text, str(at)))[0] for at, text in enumerate(texts)]


def _article(text: Text, id_: str) -> Article:
    url = f"https://{id_}.example/{id_}"
    return Article(id=id_, url=url, title=text.title, source=id_, published=WHEN, fetched=WHEN, text=text.text)


def b_cubed(labels: Sequence[str], stories: Sequence[str]) -> tuple[float, float, float]:
    wanted, got, both = Counter(labels), Counter(stories), Counter(zip(labels, stories, strict=True))
    pairs = list(zip(labels, stories, strict=True))
    precision = sum(both[pair] / got[pair[1]] for pair in pairs) / len(pairs)
    recall = sum(both[pair] / wanted[pair[0]] for pair in pairs) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def figures(right: int, wrong: int, all_right: int) -> tuple[float, float, float]:
    precision, recall = right / max(1, right + wrong), right / all_right
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def said(values: Iterable[float]) -> str:
    return "P {:.3f} R {:.3f} F1 {:.3f}".format(*values)


# Data


def read_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@dataclass(frozen=True)
class Data:
    pairs: list[tuple[Text, Text, bool]]
    reports: list[Text]
    headlines: list[Text]
    bodies: list[Text]


def load(folder: Path) -> Data:
    dedup = folder / "dedup"
    pairs = []
    for line in read_lines(dedup / "tgcontest_pairs.jsonl"):
        one, other = (
            Text(f"{line['id']}{side}", line[side].get("title", ""), line[side]["text"], group=line["lang"])  # type: ignore[attr-defined, index, arg-type]
            for side in "ab"
        )
        pairs.append((one, other, bool(line["same_story"])))
    reports = [
        Text(str(line["id"]), "", str(line["text"]), str(line["event"]), str(line["topic"]))
        for line in read_lines(dedup / "ecbplus_docs.jsonl")
    ]
    headlines = [
        Text(str(line["id"]), str(line["title"]), "", str(line["story"]))
        for line in read_lines(dedup / "uci_headlines.jsonl")
    ]
    return Data(pairs, reports, headlines, list(_bodies(folder)))


def _bodies(folder: Path) -> Iterable[Text]:
    for line in read_lines(folder / "manifest.jsonl"):
        if line["kind"] != "article_body":
            continue
        expected = line.get("expected") or json.loads((folder / str(line["expected_file"])).read_text())
        text = expected.get("text") or ""  # type: ignore[union-attr]
        text = text if isinstance(text, str) else "\n".join(text)
        if len(text) > 400:
            yield Text(str(line["id"]), expected.get("title") or "", text)  # type: ignore[union-attr]


# Figures


def pair_figures(data: Data, limit: float | None = None) -> tuple[float, float, float]:
    limit = news.ALIKE if limit is None else limit
    alike = [(likeness(one, other) >= limit, same) for one, other, same in data.pairs]
    right, wrong = alike.count((True, True)), alike.count((True, False))
    return figures(right, wrong, sum(same for _, same in alike))


def likeness(one: Text, other: Text) -> float:
    return news.likeness(news.topic(one.title, one.text), news.topic(other.title, other.text))


def run_figures(data: Data, seed: int | None = None) -> tuple[float, float, float]:
    """The labelled pairs, all articles in one run, in the order of the file or shuffled."""
    texts = [text for pair in data.pairs for text in pair[:2]]
    if seed is not None:
        random.Random(seed).shuffle(texts)
    story = dict(zip((text.id for text in texts), placed(texts), strict=True))
    joined = [(story[one.id] == story[other.id], same) for one, other, same in data.pairs]
    return figures(joined.count((True, True)), joined.count((True, False)), sum(same for *_, same in data.pairs))


def cluster_figures(texts: Sequence[Text], seed: int = 0) -> tuple[float, float, float]:
    shuffled = list(texts)
    random.Random(seed).shuffle(shuffled)
    return b_cubed([text.label for text in shuffled], placed(shuffled))


def shaken(data: Data) -> None:
    """How far the figures of the pairs may be chance: drawn again 1 000 times, and limits that one language chose for the
    other."""
    alike = [(likeness(one, other), same, one.group) for one, other, same in data.pairs]
    dice, found = random.Random(0), []
    for _ in range(1000):
        drawn = dice.choices(alike, k=len(alike))
        found.append(_at(drawn, news.ALIKE)[2])
    found.sort()
    print(f"  drawn again: F1 {found[50]:.3f} to {found[950]:.3f} in nine of ten")
    for chooser, judged in (("ru", "en"), ("en", "ru")):
        mine = [each for each in alike if each[2] == chooser]
        limit = max((step / 100 for step in range(20, 80)), key=lambda limit: _at(mine, limit)[2])
        print(
            f"  limit {limit:.2f} chosen by {chooser}: {judged}", said(_at([e for e in alike if e[2] == judged], limit))
        )


def _at(alike: Sequence[tuple[float, bool, str]], limit: float) -> tuple[float, float, float]:
    joined = [same for value, same, _ in alike if value >= limit]
    return figures(sum(joined), len(joined) - sum(joined), sum(same for _, same, _ in alike))


def mean(rows: Sequence[tuple[float, float, float]]) -> tuple[float, ...]:
    return tuple(sum(column) / len(rows) for column in zip(*rows, strict=True))


def merges(data: Data) -> list[tuple[Text, Text]]:
    stories = placed(data.bodies)
    first: dict[str, Text] = {}
    found = []
    for text, story in zip(data.bodies, stories, strict=True):
        if story in first:
            found.append((first[story], text))
        first.setdefault(story, text)
    return found


def row(name: str, data: Data) -> None:
    pairs = pair_figures(data)
    runs = mean([run_figures(data, seed) for seed in range(3)])
    one = [cluster_figures([t for t in data.reports if int(t.group) % 3 == part], part) for part in range(3)]
    print(
        f"{name:22} pairs {said(pairs)} | run {said(runs)} | ecb+ {said(mean(one))} | bodies {len(merges(data))}",
        flush=True,
    )


SETTINGS: Mapping[str, Sequence[float]] = {
    "ALIKE": (0.26, 0.29, 0.36, 0.40, 0.45, 0.50),
    "KEYS": (48, 64, 128, 192),
    "READ": (1500, 2000, 5000),
    "HEADLINE": (1, 2, 5),
    "NAME": (1, 1.5, 2.5, 3),
    "UNKNOWN": (6.0, 7.0, 9.0),
    "UNKNOWN_SHORT": (2.0, 6.0, 8.0),
    "PRIOR": (50, 1000),
    "LOOKED_UP": (4, 6, 12, 16),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--settings", action="store_true")
    parser.add_argument("--merges", action="store_true")
    arguments = parser.parse_args()
    data = load(arguments.data)
    print("pairs:", said(pair_figures(data)))
    for limit in LIMITS:
        print(f"  at {limit:.2f}:", said(pair_figures(data, limit)))
    shaken(data)
    print("pairs in one run, as in the file:", said(run_figures(data)))
    print("  shuffled, mean of 10:", said(mean([run_figures(data, seed) for seed in range(10)])))
    print("ecb+, B-cubed, mean of 5 orders:", said(mean([cluster_figures(data.reports, seed) for seed in range(5)])))
    print(
        "headlines only, B-cubed, mean of 3 orders:", said(mean([cluster_figures(data.headlines, s) for s in range(3)]))
    )
    found = merges(data)
    print(f"{len(data.bodies)} bodies: {len(found)} joined")
    for one, other in found if arguments.merges else ():
        print(f"  {likeness(one, other):.2f} {one.title or one.text[:60]!r} | {other.title or other.text[:60]!r}")
    cost(data)
    if arguments.settings:
        row("as it is", data)
        for name, values in SETTINGS.items():
            usual = getattr(news, name)
            for value in values:
                setattr(news, name, value)
                row(f"{name} {value}", data)
            setattr(news, name, usual)


def cost(data: Data) -> None:
    texts = [text for text in data.bodies if len(text.text) > 3000][:60]
    start = time.perf_counter()
    topics = [news.topic(text.title, text.text) for text in texts]
    took = (time.perf_counter() - start) / len(texts)
    start = time.perf_counter()
    compared = [news.likeness(one, other) for one, other in combinations(topics, 2)]
    each = (time.perf_counter() - start) / len(compared)
    size = sum(len(news.packed(topic)) for topic in topics) / len(topics)
    print(f"topic {took * 1e3:.2f} ms, likeness {each * 1e6:.0f} µs, {size:.0f} bytes")


if __name__ == "__main__":
    main()
