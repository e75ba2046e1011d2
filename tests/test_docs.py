"""The documents say what is so: their configuration is valid, their commands exist, and nothing is left out.

A block of TOML in a document begins with a comment that names its file. It is checked as that file, beside the other two as
they are shipped.
"""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from monitor import config
from monitor.cli import app
from monitor.config import feeds_file, monitor_file, watchlists_file
from monitor.config.faults import Table
from monitor.core.model import EventType
from monitor.store import migrations
from support import pgp

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SECRET = "whsec_" + "YWJj" * 8


def blocks(kind: str) -> Iterator[Any]:
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        for found in BLOCK.finditer(text):
            if found[1] == kind:
                line = text[: found.start()].count("\n") + 1
                yield pytest.param(found[2], id=f"{document.name}:{line}")


def everything() -> str:
    return "\n".join(document.read_text("utf-8") for document in DOCUMENTS)


class Anything(dict[str, str]):
    """An environment in which every variable is set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> str:
        return f"https://example.org/{name}" if "URL" in name else SECRET

    def get(self, name: str, default: Any = None) -> Any:  # there is always one
        return self[name]


def read_secret(path: Path) -> bytes:
    return pgp.armored(pgp.secret()) if path.suffix == ".asc" else f"{SECRET}\n".encode()


@pytest.mark.parametrize("block", list(blocks("toml")))
def test_configuration_is_valid(block: str) -> None:
    name = block.split("\n", 1)[0].removeprefix("# ").split(":")[0].strip()
    assert name in config.FILES, "a block begins with the name of its file"
    texts = {file: (ROOT / "config" / file).read_text("utf-8") for file in config.FILES}
    document = tomllib.loads(block)
    texts[name] = block + _referred(document)
    if name == "watchlists.toml":
        texts["monitor.toml"] = "\n".join(_channel(channel) for channel in _channels(document))
    if name == "feeds.toml":
        texts["monitor.toml"] += "".join(
            f'\n[fetch.proxies.{n}]\nurl = "socks5h://127.0.0.1:9050"\n' for n in _proxies(document)
        )
    config.parse(texts, Anything(), ROOT / "config", read_secret)


def _referred(document: dict[str, Any]) -> str:
    """Term sets that watchlists name and the block does not have."""
    lists = document.get("watchlists", {})
    named = {
        term_set for name, values in lists.items() for key in ("all", "any", "none") for term_set in values.get(key, [])
    } | {name for name, values in lists.items() if "all" not in values and "any" not in values}
    return "".join(f'\n[terms.{name}]\nen = ["word"]\n' for name in sorted(named - set(document.get("terms", {}))))


def _proxies(document: dict[str, Any]) -> set[str]:
    tables = [document.get("defaults", {}), *document.get("feeds", []), *document.get("sites", [])]
    return {table["proxy"] for table in tables if table.get("proxy")}


def _channels(document: dict[str, Any]) -> set[str]:
    return {channel for values in document.get("watchlists", {}).values() for channel in values.get("channels", [])}


def _channel(name: str) -> str:
    return f'[[channels]]\nname = "{name}"\ntype = "console"\ndigest = "0 8 * * *"\ndefault = true\n'


@pytest.mark.parametrize("block", list(blocks("python")))
def test_code_compiles(block: str) -> None:
    assert ast.parse(block).body


# What there is, is documented


def keys(model: type[Table]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


MODELS = [
    value
    for module in (monitor_file, feeds_file, watchlists_file)
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, Table) and value is not Table
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_documented(model: type[Table]) -> None:
    text = everything()
    assert [key for key in sorted(keys(model)) if not re.search(rf"[`.\s{{]{key}(`|\s*=|\.)", text)] == []


def test_every_table_and_column_is_documented() -> None:
    text = (ROOT / "docs" / "data.md").read_text("utf-8")
    missing = []
    for table, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\)", migrations.SCHEMA, re.DOTALL):
        columns = [
            line.split()[0].strip('"') for line in body.strip().splitlines() if line.split()[0].strip('"').islower()
        ]
        missing += [name for name in (table, *columns) if f"`{name}`" not in text]
    assert missing == []


def test_every_event_is_documented() -> None:
    text = (ROOT / "docs" / "receiving.md").read_text("utf-8")
    assert [kind.value for kind in EventType if f"`{kind.value}`" not in text and f"## {kind.value}" not in text] == []


@pytest.mark.parametrize("block", list(blocks("json")))
def test_json_is_json(block: str) -> None:
    assert json.loads(block)


# Commands


def commands(command: Any = None, path: str = "monitor") -> Iterator[str]:
    """Every command that there is, with the groups that it is in."""
    command = command or typer.main.get_command(app)
    below = getattr(command, "commands", None)
    if below is None:
        yield path
    for name, sub in (below or {}).items():
        if not sub.hidden:
            yield from commands(sub, f"{path} {name}")


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert [path for path in commands() if not re.search(rf"`{path}( |`)", text)] == []


def test_every_command_that_is_named_exists() -> None:
    text = everything()
    spans = re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))
    lines = [*spans, *(line for block in blocks("sh") for line in block.values[0].splitlines())]
    options = r"(?:\s+(?:--config|--data-dir)\s+\S+|\s+-[vq])*"
    call = re.compile(rf"^(?:sudo\s+)?(?:\S*/)?(monitor){options}\s+([a-z]+)(?:\s+([a-z]+))?")
    named = [found.groups(default="") for line in lines if (found := call.search(line))]
    there = set(commands())
    groups = {path.rpartition(" ")[0] for path in there} - {"monitor"}
    paths = [" ".join(words if " ".join(words[:2]) in groups else words[:2]).strip() for words in named]
    assert len(paths) > 40
    assert sorted(set(paths) - there - groups) == []


def named_tests() -> list[tuple[str, str]]:
    return re.findall(r"`([\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8"))


def test_every_test_that_security_names_exists() -> None:
    missing = [
        f"{file}::{name}"
        for file, name in named_tests()
        if f"def {name}(" not in (ROOT / "tests" / file).read_text("utf-8")
    ]
    assert len(named_tests()) > 40
    assert missing == []


def test_security_speaks_of_every_class() -> None:
    classes = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "security.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(map(int, classes)) == list(range(1, 45))
