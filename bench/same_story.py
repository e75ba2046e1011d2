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
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from monitor.core.model import Seen, Topic
from monitor.core.stories import copies, news

LEADS, CANDIDATES, COMMON = 3, 24, 400


@dataclass(frozen=True)
class Text:
    id: str
    title: str
    text: str
    label: str = ""
    group: str = ""


class Stories:
    """Stories as the program makes them: an article is put with its copy, else with the likeliest of the first reports of
    each story that share a key with it."""

    def __init__(self) -> None:
        self.by_key: dict[int, list[int]] = defaultdict(list)
        self.topics: list[Topic] = []
        self.story_of: list[int] = []
        self.leads: Counter[int] = Counter()
        self.sketches: list[tuple[int, set[int]]] = []

    def place(self, text: Text) -> int:
        sketch = set(copies.sketch(copies.words(text.text))) if len(text.text) > 100 else set()
        copied = next((story for story, other in self.sketches if len(sketch & other) >= copies.SHARED), None)
        about = news.topic(text.title, text.text)
        joined = self._alike(about) if copied is None else copied
        story = len(self.story_of) if joined is None else joined
        if copied is None and self.leads[story] < LEADS:
            self.leads[story] += 1
            for key in news.looked_up(about):
                self.by_key[key].append(len(self.topics))
            self.topics.append(about)
            self.story_of_lead = [*getattr(self, "story_of_lead", []), story]
        self.story_of.append(story)
        self.sketches.append((story, sketch))
        return story

    def _alike(self, about: Topic) -> int | None:
        keys = news.looked_up(about)
        seen = Seen({key: len(self.by_key[key]) for key in keys}, len(self.topics))
        shared = Counter(each for key in keys if len(self.by_key[key]) <= COMMON for each in self.by_key[key])
        ranked = sorted(shared, key=lambda each: (-shared[each], each))[:CANDIDATES]
        best = max(((news.likeness(about, self.topics[each], seen), -each) for each in ranked), default=(0.0, 0))
        return self.story_of_lead[-best[1]] if best[0] >= news.ALIKE else None


def placed(texts: Sequence[Text]) -> list[int]:
    stories = Stories()
    return [stories.place(text) for text in texts]


def b_cubed(labels: Sequence[str], stories: Sequence[int]) -> tuple[float, float, float]:
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


def mean(rows: Sequence[tuple[float, float, float]]) -> tuple[float, ...]:
    return tuple(sum(column) / len(rows) for column in zip(*rows, strict=True))


def merges(data: Data) -> list[tuple[Text, Text]]:
    stories = placed(data.bodies)
    first: dict[int, Text] = {}
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
    "ALIKE": (0.35, 0.38, 0.41, 0.44, 0.50, 0.53, 0.56),
    "KEYS": (48, 64, 128, 192),
    "READ": (1500, 2000, 5000),
    "HEADLINE": (1, 2, 5),
    "NAME": (1, 1.5, 2.5, 3),
    "UNKNOWN": (6.0, 7.0, 9.0),
    "UNKNOWN_SHORT": (2.0, 6.0, 8.0),
    "PRIOR": (50, 1000),
    "LOOKED_UP": (4, 6, 12, 16),
    "_STEM": (5, 6, 8, 10),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--settings", action="store_true")
    parser.add_argument("--merges", action="store_true")
    arguments = parser.parse_args()
    data = load(arguments.data)
    print(
        "pairs:",
        said(pair_figures(data)),
        *(f"| {limit:.2f} {said(pair_figures(data, limit))}" for limit in (0.42, 0.52)),
    )
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
