"""Nothing but fetch/ reaches into the network: whatever else could is found here, however it is written.

Who needs the network is handed what the fetch layer offers (`Post`, `Dial` of ports.py). The few exceptions stand below,
each with its reason; one that is not needed any more fails as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "monitor"
ANYTHING = "fetch/"  # the one layer that may

# fmt: off
# Modules that reach into the network, or start programs that could.
MODULES = frozenset(
    (
        "aiohttp", "aiosmtplib", "apprise", "asyncore", "dns", "ftplib", "h11", "httpcore", "httpcore2",
        "httplib2", "httpx", "httpx2", "imaplib", "nntplib", "pycurl", "poplib", "requests", "selectors",
        "smtplib", "socket", "socketserver", "socks", "socksio", "ssl", "subprocess", "telnetlib",
        "trafilatura.downloads", "treq", "trafilatura.feeds", "trafilatura.sitemaps", "trafilatura.spider",
        "urllib.request", "urllib.robotparser", "urllib3", "websockets", "xmlrpc", "courlan.network",
        "http.client", "http.server", "webbrowser",
    )
)
# Functions and methods that do, whatever they are called on.
NAMES = frozenset(
    (
        "create_connection", "create_datagram_endpoint", "create_server", "create_subprocess_exec",
        "create_subprocess_shell", "create_unix_connection", "create_unix_server", "fetch_response",
        "fetch_url", "getaddrinfo", "getnameinfo", "gethostbyname", "load_verify_locations",
        "open_connection", "open_unix_connection", "redirection_test", "sock_connect", "sock_sendto",
        "start_server", "start_unix_server", "urlopen", "urlretrieve",
    )
)
# fmt: on
# What can be given an address in place of a document, and would fetch it.
PARSERS = frozenset({"feedparser.parse", "etree.parse", "html.parse", "lxml.html.parse"})
SHELLS = frozenset({"os.system", "os.popen"})

ALLOWED = {
    ("demo/server.py", "start_server"): "the demo's outlets and receiver, on loopback",
    ("listener.py", "h11"): "reads what hubs send; connects nowhere",
    ("listener.py", "start_server"): "where hubs reach us; connects nowhere",
    ("notify/__init__.py", "ssl"): "hands on the TLS context of mail",
    ("notify/apprise.py", "apprise"): "connects by itself, which is why a proxy beside it is refused",
    ("notify/email.py", "aiosmtplib"): "speaks over a socket that fetch/ connected",
    ("notify/email.py", "ssl"): "the TLS context of mail",
    ("ports.py", "socket"): "the type only",
    ("sandbox/__init__.py", "create_subprocess_exec"): "the children that parse",
    ("service.py", "socket"): "tells the service manager, over a socket of this machine",
    ("store/sqlite.py", "subprocess"): "brings the database up to date in a child, which opens that file only",
}


def reaching(tree: ast.Module) -> Iterator[str]:
    """The modules and names in a program that reach into the network, by how they are called above."""
    for node in ast.walk(tree):
        yield from _imported(node)
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in NAMES:
            yield name
        if isinstance(node, ast.Call):
            yield from _called(node)


def _imported(node: ast.AST) -> Iterator[str]:
    modules: list[str] = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (alias.name for alias in node.names if alias.name in NAMES)
    elif isinstance(node, ast.Call) and _dotted(node.func) in (
        "__import__",
        "import_module",
        "importlib.import_module",
    ):
        modules = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    for module in modules:
        parts = module.split(".")
        yield from ({".".join(parts[:end]) for end in range(1, len(parts) + 1)} & MODULES)


def _called(call: ast.Call) -> Iterator[str]:
    """Parsers that may be given bytes in memory only (`BytesIO(…)`)."""
    name = _dotted(call.func)
    if name in SHELLS:
        yield name
    if name in PARSERS and not (
        call.args and isinstance(call.args[0], ast.Call) and "BytesIO" in _dotted(call.args[0].func)
    ):
        yield name


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def found() -> set[tuple[str, str]]:
    return {
        (path.relative_to(SOURCE).as_posix(), name)
        for path in SOURCE.rglob("*.py")
        if not path.relative_to(SOURCE).as_posix().startswith(ANYTHING)
        for name in reaching(ast.parse(path.read_text("utf-8")))
    }


def test_nobody_else_reaches_into_the_network() -> None:
    assert sorted(found() - ALLOWED.keys()) == []


def test_no_exception_is_left_over() -> None:
    assert sorted(ALLOWED.keys() - found()) == []


@pytest.mark.parametrize(
    ("program", "named"),
    [
        ("import socket", "socket"),
        ("import socket as s", "socket"),
        ("from urllib.request import urlopen", "urllib.request"),
        ("from urllib import request", "urllib.request"),
        ("import http.client", "http.client"),
        ("def f():\n    from smtplib import SMTP", "smtplib"),
        ("import importlib\nimportlib.import_module('requests')", "requests"),
        ("__import__('httpx2')", "httpx2"),
        ("import asyncio\nasyncio.open_connection('a', 1)", "open_connection"),
        ("from asyncio import open_connection as connect", "open_connection"),
        ("import asyncio\nconnect = asyncio.open_connection", "open_connection"),
        ("loop.create_connection(f, 'a', 1)", "create_connection"),
        ("loop.getaddrinfo('a', 1)", "getaddrinfo"),
        ("import trafilatura\ntrafilatura.fetch_url('https://a.example')", "fetch_url"),
        ("from trafilatura import feeds", "trafilatura.feeds"),
        ("from courlan import check_url, network", "courlan.network"),
        ("import os\nos.system('curl https://a.example')", "os.system"),
        ("feedparser.parse(url)", "feedparser.parse"),
        ("etree.parse(address)", "etree.parse"),
    ],
)
def test_whoever_adds_something_is_found(program: str, named: str) -> None:
    assert named in set(reaching(ast.parse(program)))


@pytest.mark.parametrize(
    "program",
    [
        "import asyncio",
        "from urllib.parse import urlsplit",
        "import http",
        "feedparser.parse(io.BytesIO(body))",
        "x = 'socket'",
    ],
)
def test_what_reaches_nowhere_is_left_alone(program: str) -> None:
    assert set(reaching(ast.parse(program))) == set()
