"""Shows what the demonstration did: tables on a terminal, plain columns elsewhere. Only layout and words are here."""

from collections.abc import Iterable, Mapping
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from monitor.demo.account import Account, Alerted, Found
from monitor.demo.outlets import Sample, Samples

# Where nothing says how wide a line may be: a file, a pipe.
_WIDTH = 110


def show(account: Account, samples: Samples, messages: int, program: str, out: TextIO) -> None:
    """Print the account; `messages` is how many signed messages came, `program` how Monitor is called on this machine."""
    console = Console(file=out, highlight=False, width=None if out.isatty() else _WIDTH)
    names = {outlet.id: f"{outlet.name} ({outlet.language})" for outlet in samples.outlets}
    copies = sum(len(alerted.copies) for alerted in account.alerted)
    total = len(samples.articles)
    parts: list[RenderableType] = [
        _heading(f"{len(account.alerted)} alerts: one for each story, whatever form the word has in it"),
        *(_alert(alerted, names) for alerted in account.alerted),
        _heading(f"{copies} copies: recognised, no second alert"),
        _pairs((copy, copy.note or alerted.sample.note) for alerted in account.alerted for copy in alerted.copies),
        _heading(f"{len(account.quiet)} did not match"),
        _pairs((sample, sample.note) for sample in account.quiet if sample.note),
        Text(f"and {sum(not sample.note for sample in account.quiet)} more that are about something else", style="dim"),
        _heading(f"{len(account.old)} were old"),
        _pairs((sample, sample.note) for sample in account.old),
        _heading("What happened"),
        _summary(len(samples.outlets), total, messages),
        _heading("Make it yours"),
        _next_steps(program),
    ]
    console.print(Group(*parts))
    for problem in account.problems:
        console.print(Text(f"This should not have happened: {problem}", style="bold red"))


def _heading(words: str) -> RenderableType:
    return Group("", Rule(Text(words, style="bold"), align="left", characters="─", style="dim"))


def _alert(alerted: Alerted, names: Mapping[str, str]) -> RenderableType:
    hits = Table.grid(padding=(0, 2))
    hits.add_column(style="cyan", min_width=10, no_wrap=True)
    hits.add_column(ratio=1)
    for found in alerted.found:
        hits.add_row(found.watchlist, _quote(found))
    title = Text.assemble((alerted.sample.title, "bold"), (f"   {names[alerted.sample.outlet]}", "dim"))
    return Padding(Group(title, Padding(hits, (0, 0, 0, 2))), (0, 0, 1, 0))


def _quote(found: Found) -> Text:
    """The sentence, with the word that was found marked in it."""
    before, word, after = found.sentence.partition(found.surface)
    return Text.assemble(before, (f"[{word}]" if word else "", "bold green"), after)


def _pairs(rows: Iterable[tuple[Sample, str]]) -> RenderableType:
    table = Table.grid(padding=(0, 3), expand=False)
    table.add_column(ratio=2)
    table.add_column(style="dim", ratio=3)
    for sample, words in rows:
        table.add_row(sample.title, words)
    return table


def _summary(outlets: int, articles: int, messages: int) -> RenderableType:
    return Text(
        f"{outlets} outlets on loopback (RSS, Atom, JSON Feed and a site without a feed; one in windows-1251) listed "
        f"{articles} articles in 4 languages. Their pages were fetched and freed of menus, cookie banners and related "
        f"links. A webhook receiver got {messages} messages and verified the signature of each. Nothing left this machine."
    )


def _next_steps(program: str) -> RenderableType:
    table = Table.grid(padding=(0, 3))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    table.add_row(f"{program} init news", "writes a commented configuration into the folder news")
    table.add_row("edit news/*.toml", "your sources, your words, where alerts go")
    table.add_row(
        f"{program} --config news check --live", "says what is wrong, with file and line, and tries every source"
    )
    table.add_row(f"{program} --config news run", "watches, until Ctrl-C")
    return table
