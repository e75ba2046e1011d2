"""How copies are found among very many articles, beside MinHash LSH in memory: `.venv/bin/python bench/stories.py`.

First the index: so many stored articles (their sketches and keys drawn at random, one hash in thirty among phrases that many
print), then articles are added one by one: fingerprint computed, candidates asked for, keys and sketch written, eight to a
transaction, through the daemon's own connection (synchronous=FULL, 2 MB of cache). Bytes on disk are those of all tables of
the index; memory is that of the process that adds. Then recall: copies of generated texts (newstext.py), or of the texts
of a folder (`--texts`, *.txt), edited, cut and wrapped; and how many of the different texts are taken for copies.

The peer is datasketch's MinHashLSH with its usual 128 permutations over the same runs of four words, at thresholds 0.5 and
0.8, which Monitor does not need: `pip install datasketch`, for this program only. It is left out if it is not there, and at
a million articles, for which it would take 6 GB.
"""

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from monitor.core.model import Article, Fingerprint
from monitor.core.stories import copies
from monitor.store import grouping, likeness, sqlite
from newstext import texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
ADDED = 1_500
PORTION = 8
ORIGINALS = 200
WORDS = 700  # of an article, for hashes as small as those of its sketch
PHRASES = 3_000
LARGEST_PEER = 100_000
BOILERPLATE = (
    "Subscribe to our newsletter for the latest updates. Read more stories from our correspondents. Share this. " * 6
)


# The index


def marks(count: int, seed: int) -> Iterator[Fingerprint]:
    """Marks of articles that nobody wrote: a page, a text, and a sketch like that of a text of `WORDS` words."""
    some = random.Random(seed)
    common = [_small(some) for _ in range(PHRASES)]
    for _ in range(count):
        least = sorted(some.choice(common) if some.random() < 1 / 30 else _small(some) for _ in range(copies.SKETCH))
        yield Fingerprint(pages=(_key(some),), text=_key(some), sketch=tuple(least))


def _small(some: random.Random) -> int:
    return int(some.random() * 2**32 * copies.SKETCH / WORDS) - 2**31


def _key(some: random.Random) -> int:
    return some.randrange(-(2**63), 2**63)


def fill(path: Path, first: int, last: int) -> None:
    """Index articles of these numbers as fast as can be: in the order of the index."""
    db = sqlite.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -200000")
    for start in range(first, last, 50_000):
        made = list(enumerate(marks(min(50_000, last - start), start), start))
        hashes = sorted((each, seq) for seq, mark in made for each in mark.sketch[: likeness.INDEXED])
        keys = sorted((key, seq) for seq, mark in made for key in (*mark.pages, mark.text))
        db.execute("BEGIN")
        db.executemany("INSERT OR IGNORE INTO sketches (hash, article_seq) VALUES (?, ?)", hashes)
        db.executemany("INSERT OR IGNORE INTO fingerprints (key, article_seq) VALUES (?, ?)", keys)
        db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def add(path: Path, first: int) -> None:
    """In a process of its own: add articles one by one, and say what it took, as JSON."""
    written = [(f"https://gazette.example/{number}", text) for number, (_, text) in enumerate(texts(ADDED))]
    db = sqlite.connect(path)
    empty = _resident()
    spent = 0.0
    begun, used = time.perf_counter(), time.process_time()
    for start in range(0, ADDED, PORTION):
        before = time.perf_counter()
        found = [_mark(url, text) for url, text in written[start : start + PORTION]]
        spent += time.perf_counter() - before
        db.execute("BEGIN IMMEDIATE")
        for number, mark in enumerate(found, first + start):
            likeness.candidates(db, [mark], NOW)
            likeness.add(db, number, mark)
        db.execute("COMMIT")
    whole = time.perf_counter() - begun
    said = {"whole": whole, "marks": spent, "cpu": time.process_time() - used, "grown": _resident() - empty}
    print(json.dumps(said))


def _mark(url: str, text: str) -> Fingerprint:
    return copies.fingerprint(url=url, final_url=None, canonical=None, title="", text=text)


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def size_of(path: Path) -> int:
    """Bytes of the index in the file, in whole pages."""
    with sqlite3.connect(path) as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        (free,) = db.execute("PRAGMA freelist_count").fetchone()
        (page,) = db.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page)


def index(sizes: Sequence[int]) -> None:
    print(f"{'stored':>12}{'added/s':>10}{'index only':>12}{'ratio':>8}{'CPU ms':>8}{'bytes each':>12}{'MB grown':>10}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "monitor.db")
        sqlite.prepare(path)
        bare, stored, first = size_of(path), 0, 0.0
        for size in sizes:
            _child("--fill", str(path), str(stored), str(size))
            each = (size_of(path) - bare) / size
            said = json.loads(_child("--add", str(path), str(size)))
            stored = size + ADDED
            cost = (said["whole"] - said["marks"]) / ADDED
            first = first or cost
            rates = f"{size:12,}{ADDED / said['whole']:10.0f}{1 / cost:12.0f}{cost / first:8.2f}"
            print(f"{rates}{said['cpu'] / ADDED * 1e3:8.2f}{each:12.0f}{said['grown']:10.1f}", flush=True)


def _child(*arguments: str) -> bytes:
    return subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE).stdout


# Copies


def derived(text: str, some: random.Random) -> dict[str, str]:
    """The copies that are to be found."""
    tokens = text.split()

    def edited(share: float) -> str:
        return " ".join(some.choice(tokens) if some.random() < share else token for token in tokens)

    return {
        "exact": text,
        "edited 5 %": edited(0.05),
        "edited 20 %": edited(0.2),
        "edited 40 %": edited(0.4),
        "cut to 60 %": " ".join(tokens[: int(len(tokens) * 0.6)]),
        "wrapped": f"{BOILERPLATE}{text}\n{BOILERPLATE}",
    }


def recall(originals: Sequence[str]) -> None:
    some = random.Random(7)
    made = [derived(text, some) for text in originals]
    columns = {"Monitor": ours(originals, made)}
    if find_spec("datasketch"):
        columns |= {f"LSH {at}": lsh(originals, made, at) for at in (0.5, 0.8)}
    print(f"\n{'copies found':24}" + "".join(f"{name:>12}" for name in columns))
    for kind in columns["Monitor"]:
        print(f"{kind:24}" + "".join(f"{column[kind]:12.3f}" for column in columns.values()))


def ours(originals: Sequence[str], made: Sequence[dict[str, str]]) -> dict[str, float]:
    """Share of the copies that `monitor cluster` would put into the story of their original."""
    db = grouping.start()
    first = [_placed(db, f"o{number}", text) for number, text in enumerate(originals)]
    found: dict[str, list[bool]] = {}
    for number, kinds in enumerate(made):
        for kind, text in kinds.items():
            story = _placed(db, f"c{number}{kind}", text)
            found.setdefault(kind, []).append(story == first[number])
    wrong = sum(story != f"o{number}" for number, story in enumerate(first))
    return {kind: sum(each) / len(each) for kind, each in found.items()} | {"different, taken for one": float(wrong)}


def _placed(db: sqlite3.Connection, id_: str, text: str) -> str:
    made = Article(id=id_, url=f"https://{id_.replace(' ', '')}.example/", title="", source=id_, fetched=NOW, text=text)
    return grouping.place(db, made)[0]


def lsh(originals: Sequence[str], made: Sequence[dict[str, str]], threshold: float) -> dict[str, float]:
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=128)
    for number, text in enumerate(originals):
        index.insert(number, _minhash(text))
    found: dict[str, list[bool]] = {}
    for number, kinds in enumerate(made):
        for kind, text in kinds.items():
            found.setdefault(kind, []).append(number in index.query(_minhash(text)))
    wrong = sum(len(index.query(_minhash(text))) > 1 for text in originals)
    return {kind: sum(each) / len(each) for kind, each in found.items()} | {"different, taken for one": float(wrong)}


def _minhash(text: str) -> "object":
    from datasketch import MinHash

    words = copies.words(text)
    made = MinHash(num_perm=128)
    made.update_batch([" ".join(words[at : at + 4]).encode() for at in range(len(words) - 3)])
    return made


def peer(sizes: Sequence[int]) -> None:
    """datasketch in memory, as it would hold so many articles."""
    import numpy
    from datasketch import MinHash, MinHashLSH

    some = numpy.random.default_rng(1)
    written = [text for _, text in texts(ADDED)]
    scheme = MinHash(num_perm=128).scheme
    index, empty, stored = MinHashLSH(threshold=0.5, num_perm=128), _resident(), 0
    for size in sizes:
        for number in range(stored, size):
            values = some.integers(0, 2**32, 128, dtype=numpy.uint64)
            index.insert(number, MinHash(num_perm=128, hashvalues=values, scheme=scheme))
        held, begun = _resident() - empty, time.perf_counter()
        for number, text in enumerate(written, size):
            mark = _minhash(text)
            index.query(mark)
            index.insert(number, mark)
        stored = size + ADDED
        rate = ADDED / (time.perf_counter() - begun)
        print(f"{size:12,}{rate:10.0f}  datasketch, {held * 2**20 / size:.0f} bytes of memory each", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="how many articles are stored")
    parser.add_argument(
        "--texts", type=Path, metavar="FOLDER", help="texts to make copies of, in place of generated ones"
    )
    parser.add_argument("--fill", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--add", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.fill:
        path, first, last = arguments.fill
        fill(Path(path), int(first), int(last))
    elif arguments.add:
        add(Path(arguments.add[0]), int(arguments.add[1]))
    else:
        folder: Path | None = arguments.texts
        written = [text for _, text in texts(ORIGINALS)]
        recall([path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))] if folder else written)
        index(arguments.sizes)
        if find_spec("datasketch"):
            peer([size for size in arguments.sizes if size <= LARGEST_PEER])
        else:
            print("datasketch is not installed: left out")


if __name__ == "__main__":
    main()
