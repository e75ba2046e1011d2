"""`monitor watchlists learn`: what an alert was wrong about becomes an example, and if need be a mask, of its watchlist."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output, trying
from monitor.cli.alerts import find
from monitor.cli.common import Place, WrongUsageError, awaited, place, replace_file, say, unknown
from monitor.core.errors import MonitorError

if TYPE_CHECKING:
    from monitor.core.settings import Config, Example, Watchlist
    from monitor.core.watch import Failure, Watch

FILE = "watchlists.toml"


def learn(
    ctx: typer.Context,
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="Its id, or the beginning of it.")],
    unwanted: Annotated[bool, typer.Option("--not", help="It should not have alerted.")] = False,
    mask: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PHRASE", help="A phrase in which its words mean something else; may be given several times."
        ),
    ] = None,
) -> None:
    """Teach a watchlist what must not match.

    The sentence that an alert was made of is written into must_not_match of its watchlist, and each PHRASE into mask.any
    of the term sets whose words stand in it; comments and layout of the file stay. What would make an example fail is
    refused, and nothing is written.
    """
    from monitor.config.learn import learned
    from monitor.config.learn import place as line_of

    if not unwanted:
        raise WrongUsageError("say what is to be learned: --not, that it should not have alerted")
    where = place(ctx)
    config = where.config(channels=False)
    watchlist, example = _taught(where, config, alert)
    file = where.folder / FILE
    text = file.read_bytes().decode("utf-8-sig")
    masks = _masks(where, config, watchlist, example, mask or [])
    new = learned(text, watchlist.name, example, masks)
    if new == text:
        raise MonitorError(f"{FILE}:{line_of(text, watchlist.name, example)}: it is in must_not_match already")
    _try(where, new, watchlist, example)
    replace_file(file, new)
    output.line(f"{file}:{line_of(new, watchlist.name, example)}: {watchlist.name} must not match: {example.text}")
    for name, phrases in masks.items():
        output.line(f"terms.{name}: mask.any has {', '.join(phrases)}")
    output.line("Reload Monitor to put it in force.")


def _taught(where: Place, config: "Config", alert: str) -> "tuple[Watchlist, Example]":
    """The watchlist of an alert, and the sentence that it was made of, the first."""
    from monitor.config import LANGUAGES
    from monitor.core.settings import Example
    from monitor.store import ledger

    with ledger.reading(where.database()) as db:
        told = ledger.alert(db, find(db, alert, ("alerts",))[1])
    lists = {each.name: each for each in config.watchlists}
    if told["watchlist"] not in lists:
        raise unknown("watchlist", told["watchlist"], lists)
    if not told["hits"]:
        raise MonitorError("what this alert was made of is not stored any more")
    language = (told["article"]["language"] or "").partition("-")[0]
    sentence = " ".join(told["hits"][0]["sentence"].split())
    return lists[told["watchlist"]], Example(text=sentence, language=language if language in LANGUAGES else None)


def _masks(
    where: Place, config: "Config", watchlist: "Watchlist", example: "Example", phrases: list[str]
) -> dict[str, list[str]]:
    """Term set → the phrases that mask words of it. Raises WrongUsageError for a phrase without any of the list's words."""
    from monitor.core.model import Document

    masks: dict[str, list[str]] = {}
    watch = _watch(where, config) if phrases else None
    for phrase in phrases:
        document = Document(fields={"text": phrase}, language=example.language)
        spots = watch.find(document).spots if watch else ()
        sets = {spot.term_set for spot in spots} & {*watchlist.all, *watchlist.any}
        if not sets:
            raise WrongUsageError(
                f"--mask {phrase!r}: no word of {watchlist.name} stands in it; name the whole phrase, with the word in it "
                "that was found"
            )
        for name in sorted(sets):
            masks.setdefault(name, []).append(phrase)
    return masks


def _watch(where: Place, config: "Config") -> "Watch":
    from monitor.cli.watching import watching

    with output.progress("Finding the forms of the words"):
        return awaited(watching(config, where.database()))


def _try(where: Place, text: str, watchlist: "Watchlist", example: "Example") -> None:
    """Raises MonitorError with what is to be done, if an example fails with this text."""
    from monitor.config import examples

    config = trying.changed(where, text, FILE)
    watch = _watch(where, config)
    failures = watch.failures()
    if any(_is_this(failure, watchlist, example) for failure in failures):
        raise MonitorError(_advice(watch, watchlist, example))
    if failures:
        problems = examples.failed(failures, config.watchlists, text)
        for problem in problems:
            say(str(problem))
        raise MonitorError("nothing was written: with it other examples would fail, as said above")


def _is_this(failure: "Failure", watchlist: "Watchlist", example: "Example") -> bool:
    return (failure.watchlist, failure.example, failure.expected) == (watchlist.name, example, False)


def _advice(watch: "Watch", watchlist: "Watchlist", example: "Example") -> str:
    """Why the sentence would still match, and what can be done about it."""
    from monitor.core.model import Document

    spots = watch.find(Document(fields={"text": example.text}, language=example.language)).spots
    own = [spot for spot in spots if spot.term_set in (*watchlist.all, *watchlist.any)]
    found = dict.fromkeys(f"{example.text[spot.start : spot.end]} ({spot.term_set}: {spot.term.text})" for spot in own)
    word = example.text[own[0].start : own[0].end]
    return (
        f"nothing was written: {watchlist.name} would still match the sentence, and refuse the file\n"
        f"  {example.text}\n"
        f"It finds {', '.join(found)}. Say which phrase means something else: --mask 'a {word} of another kind'; "
        "or take the word out, give it less weight, or put words of the wrong subject into a set under none."
    )
