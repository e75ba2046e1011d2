"""The rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src"
LONGEST = 50


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE), ast.parse(path.read_text("utf-8"))


def test_no_function_is_too_long() -> None:
    functions = [
        (node.end_lineno - node.lineno + 1, f"{path}:{node.lineno} {node.name}")
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    assert functions
    assert [f"{name} has {length} lines" for length, name in functions if length > LONGEST] == []


def test_every_module_says_what_belongs_in_it() -> None:
    assert [str(path) for path, tree in modules() if tree.body and not ast.get_docstring(tree)] == []
