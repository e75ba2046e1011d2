"""What is installed: as few packages as possible, each with a reason, each locked by the hashes of its files."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WANTED = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
EXTRAS = {
    name: [Requirement(line) for line in lines]
    for name, lines in PROJECT["project"]["optional-dependencies"].items()
    if name != "dev"
}
LOCKS = {
    "requirements.lock": [*WANTED, *EXTRAS["pgp"]],
    "requirements-apprise.lock": [*WANTED, *EXTRAS["pgp"], *EXTRAS["apprise"]],
    "requirements-build.lock": [Requirement(line) for line in PROJECT["build-system"]["requires"]],
}
PIN = re.compile(r"(?m)^([\w.-]+)==([^\s;]+)(?: ; (.+?))? \\\n((?:    --hash=\S+(?: \\)?\n)+)")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?\n")


def pins(file: str) -> list[tuple[str, Version, Marker | None, str]]:
    """Name, version, where it is for, and the lines with hashes of each package of a lock file."""
    text = (ROOT / file).read_text("utf-8")
    found: list[tuple[str, Version, Marker | None, str]] = [
        (canonicalize_name(name), Version(version), Marker(marker) if marker else None, hashes)
        for name, version, marker, hashes in PIN.findall(text)
    ]
    rest = [line for line in PIN.sub("", text).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert rest == []  # nothing but pins and remarks: no other index, no address, no line without a hash
    return found


@pytest.mark.parametrize("file", LOCKS)
def test_every_package_is_locked_by_hashes_and_is_a_release(file: str) -> None:
    found = pins(file)
    assert found
    assert [
        name for name, version, _, _ in found if version.is_prerelease or version.is_devrelease or version.local
    ] == []
    assert [name for name, _, _, hashes in found if HASH.sub("", hashes)] == []
    assert found == sorted(found, key=lambda pin: (pin[0], pin[1]))


@pytest.mark.parametrize("file", LOCKS)
def test_what_the_project_asks_for_is_locked_within_its_bounds(file: str) -> None:
    found = pins(file)
    wrong = []
    for wanted in LOCKS[file]:
        versions = [version for name, version, _, _ in found if name == canonicalize_name(wanted.name)]
        if not versions or not all(wanted.specifier.contains(version) for version in versions):
            wrong.append(str(wanted))
    assert wrong == [], "run `make lock`"


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-apprise.lock"])
def test_what_these_need_themselves_is_locked_too(file: str) -> None:
    """As far as these very versions are installed here."""
    found = {name: version for name, version, marker, _ in pins(file) if marker is None or marker.evaluate()}
    here: dict[str, Version] = {
        canonicalize_name(each.name): Version(each.version) for each in metadata.distributions()
    }
    missing = []
    for name in (name for name, version in found.items() if here.get(name) == version):
        for line in metadata.requires(name) or ():
            needed = Requirement(line)
            if not needed.marker or needed.marker.evaluate({"extra": ""}):
                missing += [f"{name} needs {needed}"] if canonicalize_name(needed.name) not in found else []
    assert missing == [], "run `make lock`"


def test_the_larger_lock_file_has_what_the_smaller_has() -> None:
    small, large = ({(name, version) for name, version, _, _ in pins(file)} for file in list(LOCKS)[:2])
    assert small <= large


# Why each is there


def test_every_package_has_its_reason_in_the_documents() -> None:
    text = (ROOT / "docs" / "design.md").read_text("utf-8").partition("\n## Packages\n")[2]
    rows = re.findall(r"(?m)^\| ([^|]+) \|([^|]+)\|$", text.partition("\n## ")[0])
    named = {canonicalize_name(name) for names, _ in rows[1:] for name in re.findall(r"`([\w.-]+)`", names)}
    asked = {canonicalize_name(each.name) for each in [*WANTED, *EXTRAS["pgp"], *EXTRAS["apprise"]]}
    assert named == asked
    assert all(reason.strip() for _, reason in rows)


def test_what_is_imported_is_asked_for_and_what_is_asked_for_is_imported() -> None:
    providers = metadata.packages_distributions()
    imported = {
        canonicalize_name(distribution)
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _modules(node)
        if name not in sys.stdlib_module_names and name != "monitor"
        for distribution in providers.get(name, [name])
    }
    asked = {canonicalize_name(each.name) for each in [*WANTED, *EXTRAS["pgp"], *EXTRAS["apprise"]]}
    dictionaries = {"pymorphy3-dicts-ru", "pymorphy3-dicts-uk", "lxml-html-clean"}  # others import these
    assert imported == asked - dictionaries


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [node.module.partition(".")[0]]
    return []


# Known holes

ANSWERS: dict[str, tuple[str, str, int, str]] = {
    "none": ('report([{"name": "a", "version": "1", "vulns": []}])', "", 0, "no hole is known in 1 packages"),
    "a hole": (
        'report([{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}], 1)',
        "",
        1,
        "a 1: PYSEC-1 (fixed in: 2)",
    ),
    "a package that was withdrawn": (
        'report([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found on PyPI"}])',
        "",
        1,
        "b: not found on PyPI",
    ),
    "a mirror without the service": (
        'report([{"name": "a", "skip_reason": "not found"}, {"name": "b", "skip_reason": "not found"}])',
        "",
        0,
        "NOT AUDITED, the package index here does not know of any package's holes",
    ),
    "no network": (
        'sys.exit("ConnectionError: no route to host")',
        "",
        0,
        "NOT AUDITED: ConnectionError: no route to host",
    ),
    "no reason": ("sys.exit(1)", "", 0, "NOT AUDITED: no reason given"),
    "no end": ("import threading; threading.Event().wait()", "0.5", 0, "NOT AUDITED, there was no answer within 0.5 s"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_known_hole_fails_the_check_and_silence_is_said(answer: str, tmp_path: Path) -> None:
    """In place of pip-audit stands a program that answers as it does."""
    code, seconds, status, said = ANSWERS[answer]
    (tmp_path / "pip_audit.py").write_text(
        "import json, sys\n"
        "def report(found, status=0):\n"
        "    where = sys.argv[sys.argv.index('--output') + 1]\n"
        "    open(where, 'w').write(json.dumps({'dependencies': found}))\n"
        "    sys.exit(status)\n"
        f"{code}\n"
    )
    limits = ["--seconds", seconds] if seconds else []
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "audit.py"), "some.lock", *limits],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (status, f"some.lock: {said}\n"), done.stderr
