"""What is wrong with the configuration, while it is collected, and how it is said in plain words.

Pydantic's errors are rewritten here; nothing of pydantic is seen outside of this package. Messages never quote a value:
it may be a secret, or a word that nobody may see in a log. Of names, see `discreet`.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from monitor.config.lines import Key, lines
from monitor.core.errors import Problem

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_CONFIDENTIAL = re.compile(r"""\bconfidential["']?\s*=\s*true""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A problem that is not placed yet: the key, not the line. `first` is a key whose line the message names at its
    end. `line` is given where there is no key."""

    file: str
    key: Key = ()
    message: str
    first: Key | None = None
    line: int = 0


Faults = list[Fault]


class Table(BaseModel):
    """A TOML table: unknown keys and wrong types are refused. Fields that must be there carry an example of
    what to write; the others are None if the file leaves them to the default of `core.settings`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    def given(self) -> dict[str, Any]:
        """What the file says, without what it leaves to the default."""
        return {name: getattr(self, name) for name in self.model_fields_set}


T = TypeVar("T", bound=Table)
X = TypeVar("X")


def read(model: type[T], value: object, file: str, key: Key, faults: Faults) -> T | None:
    """`value` as the table `model`; or None, and every fault of it is added to `faults`."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            faults.append(Fault(file=file, key=key + detail["loc"], message=_plain(model, detail)))
        return None


def attempt(make: Callable[[], X], file: str, key: Key, faults: Faults) -> X | None:
    """What `make` returns; None, and a fault, if it raises ValueError."""
    try:
        return make()
    except ValueError as error:
        faults.append(Fault(file=file, key=key, message=str(error)))
        return None


def items(document: Mapping[str, Any], name: str, file: str, faults: Faults) -> list[tuple[Key, Mapping[str, Any]]]:
    """The tables of an array `[[name]]` with their keys; faults for what is no table."""
    value = document.get(name, [])
    if not isinstance(value, list):
        faults.append(
            Fault(file=file, key=(name,), message=f"must be a list of tables: write [[{name}]], in two brackets")
        )
        return []
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            faults.append(Fault(file=file, key=(name, index), message=f"must be a table: write [[{name}]]"))
    return [((name, index), item) for index, item in enumerate(value) if isinstance(item, dict)]


def named(document: Mapping[str, Any], name: str, file: str, faults: Faults) -> list[tuple[Key, Mapping[str, Any]]]:
    """The tables `[name.X]` with their keys; faults for what is no table."""
    value = document.get(name, {})
    if not isinstance(value, dict):
        faults.append(Fault(file=file, key=(name,), message=f"must be tables with names: write [{name}.something]"))
        return []
    for key, item in value.items():
        if not isinstance(item, dict):
            message = f"must be a table: write [{name}.{key}], in single brackets"
            faults.append(Fault(file=file, key=(name, key), message=message))
    return [((name, key), item) for key, item in value.items() if isinstance(item, dict)]


def no_duplicates(found: Iterable[tuple[Key, Mapping[str, Any]]], file: str, faults: Faults) -> None:
    """A fault for every name that stands above already, whatever its case."""
    first: dict[str, Key] = {}
    for key, item in found:
        name = item.get("name")
        if isinstance(name, str) and first.setdefault(name.casefold(), key) != key:
            message = "is the name of another one: names are unique, whatever their case"
            faults.append(
                Fault(file=file, key=(*key, "name"), message=message, first=(*first[name.casefold()], "name"))
            )


def document(file: str, texts: Mapping[str, str], faults: Faults) -> dict[str, Any] | None:
    """The TOML document of that name; None, and a fault, if it is not TOML."""
    try:
        return tomllib.loads(texts[file])
    except ValueError as error:
        faults.append(_syntax(file, str(error), texts[file]))
    except RecursionError:
        faults.append(Fault(file=file, message="is not TOML that can be read: lists or tables are nested too deeply"))
    return None


def placed(faults: Iterable[Fault], texts: Mapping[str, str], files: Sequence[str]) -> tuple[Problem, ...]:
    """The faults with their lines, in the order of `files` and lines, each said once."""
    known = {file: lines(texts[file]) for file in {f.file for f in faults if f.key}}
    problems = {_problem(fault, known.get(fault.file, {})) for fault in faults}
    return tuple(sorted(problems, key=lambda p: (files.index(p.file), p.line, p.path)))


def discreet(problems: Iterable[Problem], file: str, text: str) -> tuple[Problem, ...]:
    """The problems as a log may have them: if one of the lists in `file`, whose text is given, is confidential, then no
    problem of this file names any list or set, since nobody knows which one it is about while it cannot be read."""
    if not _CONFIDENTIAL.search(text):
        return tuple(problems)
    return tuple(
        replace(each, path="", message="is wrong: `monitor check` says what") if each.file == file else each
        for each in problems
    )


def nearest(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'name'?`, or nothing if no name is near."""
    by_case = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold(), by_case, 1, 0.6)
    return f"; did you mean '{by_case[near[0]]}'?" if near else ""


def unknown(what: str, word: str, names: Iterable[str]) -> str:
    """`unknown key 'naem'; did you mean 'name'?`, else with all the names that there are."""
    known = sorted(names)
    shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    return f"unknown {what} '{word}'" + (nearest(word, known) or (f"; known are: {shown}" if known else ""))


def written(key: Key) -> str:
    """A key path as in the documentation: `feeds[3].url`, `terms."my set".en[2]`."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            quoted = part if _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False)
            text += f".{quoted}" if text else quoted
    return text


def _problem(fault: Fault, known: Mapping[Key, int]) -> Problem:
    message = fault.message
    if fault.first is not None:
        message += f" (first on line {_line(fault.first, known)})"
    line = fault.line or (_line(fault.key, known) if fault.key else 0)
    return Problem(file=fault.file, line=line, path=written(fault.key), message=message)


def _line(key: Key, known: Mapping[Key, int]) -> int:
    """The line of a key, or of the nearest table around it that the file has."""
    while key not in known:
        key = key[:-1]
    return known[key]


# What tomllib says begins so; what to do about it.
_SYNTAX = {
    "Invalid value": 'the value cannot be read: a text needs quotes, as in name = "text"',
    "Expected '=' after a key": "a line is key = value, a [table] or a # comment",
    "Invalid statement": "a line is key = value, a [table] or a # comment",
    "Cannot overwrite a value": "this key stands above already: keep one of the two",
    "Cannot declare": "this table stands above already: put its keys together",
    "Cannot mutate immutable": "this key stands above already as a whole: put the values together",
    "Expected newline or end of document": "something stands behind the value: one key on each line",
    "Unterminated string": "a quote is opened and not closed",
    "Illegal character '\\n'": "a quote is opened and not closed on the same line",
    "Unclosed array": "a [ is not closed, or a comma is missing in the list",
    "Unclosed inline table": "a { is not closed, or a comma is missing in it",
    "Unescaped '\\'": "write a backslash as \\\\, or use single quotes",
}


def _syntax(file: str, said: str, text: str) -> Fault:
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    what = said[: place.start()] if place else said
    line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
    plain = next((advice for begins, advice in _SYNTAX.items() if what.startswith(begins)), what)
    return Fault(file=file, line=line, message=f"is not TOML: {plain}")


# Pydantic's errors in plain words


def _plain(model: type[BaseModel], detail: Any) -> str:
    kind, loc = detail["type"], detail["loc"]
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "extra_forbidden":
        return unknown("key", loc[-1], _keys(model, loc[:-1]))
    advice = _example(model, loc)
    if kind == "missing":
        return f"is missing{advice}"
    return _WRONG[kind].format(**detail.get("ctx", {})) + advice


_WRONG = {
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "float_type": "must be a number, without quotes",
    "finite_number": "must be a finite number",
    "tuple_type": 'must be a list in brackets, as in ["one", "two"]',
    "model_type": "must be a table",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def _example(model: type[BaseModel], loc: Key) -> str:
    field = _field(model, loc)
    names = [part for part in loc if isinstance(part, str)]
    return f": write {names[-1]} = {field.examples[0]}" if field and field.examples else ""


def _field(model: type[BaseModel] | None, loc: Key) -> FieldInfo | None:
    """The field that a key path leads to."""
    field = None
    for part in loc:
        if isinstance(part, str) and model:
            field = next((f for name, f in model.model_fields.items() if part == (f.alias or name)), None)
            model = _table(field.annotation) if field else None
    return field


def _keys(model: type[BaseModel], loc: Key) -> list[str]:
    """The keys of the table that a key path leads to."""
    field = _field(model, loc)
    table = _table(field.annotation) if field else model
    return [f.alias or name for name, f in table.model_fields.items()] if table else []


def _table(annotation: Any) -> type[BaseModel] | None:
    """The table inside of an annotation such as `tuple[Word, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((table for part in get_args(annotation) if (table := _table(part))), None)
