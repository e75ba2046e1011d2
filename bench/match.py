"""How fast texts are matched, beside what others use: `.venv/bin/python bench/match.py`.

News in English, Russian and French (newstext.py), 4 KB an article, against 30 to 100 000 watched words, each in all its
forms, on one core: from the raw text to hits with their terms and offsets ("finds", which is what the ratios compare with),
and further to scores, verdicts and sentences ("matches"). Every peer looks for the same forms in the same texts, in small
letters and between borders, and is asked for no more than their number. CPU time, best of three; what takes too long is cut
short or left out. Then how long the words take to load from forms that the database keeps, and what a process that has
loaded them holds in memory. Peers: `pip install pyahocorasick`.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from meter import memory
from monitor import config, forms
from monitor.core import watch, words
from monitor.core.model import Document
from monitor.core.settings import Mark, Term, TermSet, Watchlist
from monitor.core.words import Forms
from monitor.store import sqlite
from newstext import HITS, Word, texts, watched

ARTICLES = 200
IN_A_SET = 100
SLOW = 2.0  # seconds after which a round is cut short
TOO_MANY = 200_000  # forms for an alternation or a loop

Find = Callable[[str], int]  # text → how many places


def watchlists(some: Sequence[Word]) -> tuple[list[Watchlist], list[TermSet]]:
    """The words in sets of a hundred, each set its own watchlist."""
    sets = [
        TermSet(
            name=f"set {start}",
            title="",
            terms=tuple(
                Term(text=word.forms[0], mark=Mark.WORD, words=(word.forms[0],), language=word.language)
                for word in some[start : start + IN_A_SET]
            ),
        )
        for start in range(0, len(some), IN_A_SET)
    ]
    return [Watchlist(name=each.name, title="", all=(each.name,)) for each in sets], sets


def configure(some: Sequence[Word], folder: Path) -> None:
    """The same as a configuration."""
    parts = []
    for each in watchlists(some)[1]:
        words_of = defaultdict(list)
        for term in each.terms:
            words_of[term.language].append(term.text)
        parts += [f'[terms."{each.name}"]', *(f"{language} = {texts_of}" for language, texts_of in words_of.items())]
        parts += [f'[watchlists."{each.name}"]', f'title = "{each.name}"']
    for file, text in (("monitor", ""), ("feeds", ""), ("watchlists", "\n".join(parts))):
        (folder / f"{file}.toml").write_text(text, encoding="utf-8")


def known(some: Sequence[Word]) -> Forms:
    return {(word.language, word.forms[0], Mark.WORD): frozenset(word.forms) for word in some}


# Who finds them


def ours(some: Sequence[Word]) -> watch.Watch:
    return watch.compile(*watchlists(some), known(some))


def found_by(compiled: watch.Watch, document: Document) -> int:
    return len(compiled.find(document).spots)


def matched_by(compiled: watch.Watch, document: Document) -> int:
    return sum(len(match.hits) for match in compiled.match(document))


def pyahocorasick(some: Sequence[Word]) -> Find:
    import ahocorasick  # type: ignore[import-not-found]  # a peer, in the environment of whoever compares

    automaton = ahocorasick.Automaton()
    for form in all_forms(some):
        automaton.add_word(form, len(form))
    automaton.make_automaton()

    def find(text: str) -> int:
        low = text.lower()
        return sum(bordered(low, end + 1 - length, end + 1) for end, length in automaton.iter(low))

    return find


def bordered(text: str, start: int, end: int) -> bool:
    return not (start and text[start - 1].isalnum()) and not text[end : end + 1].isalnum()


def alternation(some: Sequence[Word]) -> Find:
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(all_forms(some), reverse=True))})\b")
    return lambda text: sum(1 for _ in pattern.finditer(text.lower()))


def loop(some: Sequence[Word]) -> Find:
    patterns = [re.compile(rf"\b(?:{'|'.join(sorted(word.forms, reverse=True))})\b") for word in some]

    def find(text: str) -> int:
        low = text.lower()
        return sum(1 for pattern in patterns for _ in pattern.finditer(low))

    return find


def all_forms(some: Sequence[Word]) -> set[str]:
    return {form for word in some for form in word.forms}


def peers(some: Sequence[Word]) -> Iterator[tuple[str, Callable[[Document], int] | None]]:
    """Each name, and its way to find the words, made when its turn comes; None if it is left out."""
    compiled = ours(some)
    yield "monitor finds", partial(found_by, compiled)
    yield "monitor matches", partial(matched_by, compiled)
    small = len(all_forms(some)) <= TOO_MANY
    for name, make, fits in (
        ("pyahocorasick", pyahocorasick, find_spec("ahocorasick") is not None),
        ("one re alternation", alternation, small),
        ("loop of regexes", loop, small),
    ):
        yield name, by_text(make(some)) if fits else None


def by_text(find: Find) -> Callable[[Document], int]:
    return lambda document: find(document.fields["text"])


# Measuring


def speed(find: Callable[[Document], int], documents: Sequence[Document]) -> tuple[float, float]:
    """(articles a second, places found in an article), the best of three rounds."""
    best, places = 0.0, 0.0
    for _ in range(3):
        found = done = 0
        begun = time.process_time()
        for document in documents:
            found += find(document)
            done += 1
            if time.process_time() - begun > SLOW:
                break
        spent = time.process_time() - begun
        best, places = max(best, done / spent), found / done
        if spent > SLOW:
            break
    return best, places


async def kept(path: Path, some: Forms | None = None) -> Forms:
    """What the database keeps, after keeping some."""
    store = sqlite.SqliteStore(path)
    try:
        if some is not None:
            await store.keep_forms(words.version(), some)
        return await store.forms(words.version())
    finally:
        await store.close()


def load(folder: Path) -> None:
    """In a process of its own: load as the daemon does, and say how long it took and what it holds, as JSON."""
    settings = config.load(folder, {}, with_channels=False)
    before = time.process_time()
    found = asyncio.run(kept(folder / "monitor.db"))
    found = asyncio.run(forms.find(watch.needed(settings.term_sets), found))
    compiled = watch.compile(settings.watchlists, settings.term_sets, found)
    spent = time.process_time() - before
    del found
    compiled.match(Document(fields={"text": "Nothing of this."}))
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20
    print(json.dumps({"seconds": spent, "resident": resident, "peak": memory(os.getpid()).main}))


def loaded(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "monitor.db")
        sqlite.prepare(path)
        asyncio.run(kept(path, known(watched(count))))
        configure(watched(count), Path(folder))
        command = [sys.executable, __file__, "--load", folder]
        answer: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[*HITS], help="how many words to watch")
    parser.add_argument("--load", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.load:
        load(arguments.load)
        return
    documents = [Document(fields={"text": text}, language=language) for language, text in texts(ARTICLES)]
    for size in arguments.sizes:
        some = watched(size)
        print(f"\n{size} words, {len(all_forms(some))} forms{'':20}articles/s   found     ratio")
        first = 0.0
        for name, find in peers(some):
            if find is None:
                print(f"  {name:40}{'left out':>12}")
                continue
            rate, places = speed(find, documents)
            first = first or rate
            print(f"  {name:40}{rate:12.1f}{places:8.2f}{first / rate:9.1f}×", flush=True)
        print(
            "  loading: {seconds:.2f} s, then {resident:.0f} MB, at most {peak:.0f} MB".format(**loaded(size)),
            flush=True,
        )


if __name__ == "__main__":
    main()
