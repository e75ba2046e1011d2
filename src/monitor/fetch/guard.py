"""Which addresses may be asked: their text, their port, and the networks that their names lead to.

Everything that Monitor connects to by HTTP passes here, each redirect hop anew. A name is resolved once, every answer must
pass, and what is connected to is the literal that passed: nobody gets to change a name's meaning between look and
leap. Not here: connecting (wire.py).
"""

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2

from monitor.core.errors import FetchError, FetchFault

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""(host, port) → the IP addresses of a name, best first; raises OSError when there are none."""

MAX_LENGTH = 8192  # characters of an address; RFC 9110, 4.1 wants 8000 to work
LOOKUPS = 64  # names looked up at the same time

# Refused besides what Python's `is_global` refuses (IANA's special-purpose registries): networks that lead inside by a
# detour, or nowhere.
_DENIED = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # behind carrier-grade NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = IPv6Network(
    "2000::/3"
)  # of IPv6 nothing else is given out: no mapped, translated or site-local address
LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")

# Ports of other protocols, to which a request could be a command (WHATWG Fetch, "bad ports", and Redis).
# fmt: off
_BAD_PORTS = frozenset((
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
))
# fmt: on

_THIS_MACHINE = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_HIDDEN = (".onion", ".i2p")  # names that DNS must never be asked for (RFC 7686, 2)

_AUTHORITY = re.compile(r"[^/?#]*//([^/?#]*)")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")  # at the end of a host it says that all of it is an address (WHATWG URL, 3.5)
_HOST = re.compile(rb"[a-z0-9._~-]+|[0-9a-f:.]+", re.IGNORECASE)


def parse(url: str) -> httpx2.URL:
    """The address, without its fragment, read by the one parser that also makes the request of it.

    Raises FetchError (REFUSED) unless it is http or https, with a host, a port that may be asked, and neither credentials
    nor anything that another parser might read as another host (CVE-2026-27696's relatives).
    """
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise _refused("the address is not a valid URL") from error
    if len(url) > MAX_LENGTH:
        raise _refused(f"the address is longer than {MAX_LENGTH} characters")
    if address.scheme not in ("http", "https"):
        raise _refused("only http and https addresses are asked")
    authority = _AUTHORITY.match(url)
    if not authority or "\\" in authority[1] or not is_host(address.raw_host):
        raise _refused("the address has no host that can be read without doubt")
    if "@" in authority[1]:
        raise _refused("the address holds a user name or password")
    if not 0 < (address.port or 80) < 2**16 or address.port in _BAD_PORTS:
        raise _refused(f"port {address.port} is not for HTTP")
    return address.copy_with(fragment=None) if "#" in url else address


def is_host(host: bytes) -> bool:
    """True for what can only be read as one host: a name in ASCII, or an address without brackets."""
    return _HOST.fullmatch(host) is not None


def is_address(host: str) -> bool:
    """True for an address in its one usual spelling."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def allowed(address: Address, networks: Iterable[Network] = ()) -> bool:
    """True if connections may go there: a public address, or one of the operator's `networks`.

    An IPv4 address inside of an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64) has to pass as well.
    """
    return all(_passes(each, networks) for each in (address, *_embedded(address)))


def _passes(address: Address, networks: Iterable[Network]) -> bool:
    if any(address in network for network in networks):
        return True
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(address in network for network in _DENIED)


def _embedded(address: Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _NAT64) or (address in _COMPATIBLE and int(address) > 1):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


def is_this_machine(host: str) -> bool:
    """True for a loopback address in its usual spelling, and for names that mean nothing else (RFC 6761, 6.3)."""
    if is_address(host):
        return any(ip_address(host) in network for network in LOOPBACK)
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


async def resolve(host: str, port: int, networks: Iterable[Network], lookup: Lookup) -> list[str]:
    """The literal addresses to connect to for a host, best first.

    Raises FetchError: REFUSED if any of them may not be connected to, DNS if there are none. Odd spellings of
    addresses (`127.1`, `0x7f.1`, `2130706433`) are names like any other: what they lead to decides.
    """
    name = host.rstrip(".").lower()
    if name.endswith(_HIDDEN):
        raise _refused(f"{host} is reached through Tor or the like only: set a proxy for it")
    if is_address(host):
        found: Sequence[Address] = [ip_address(host)]
    else:
        found = _THIS_MACHINE if is_this_machine(name) else await _look_up(host, port, lookup)
    for address in found:
        if not allowed(address, networks):
            raise _inside(host, "leads to", address)
    return list(dict.fromkeys(map(str, found)))


async def _look_up(host: str, port: int, lookup: Lookup) -> list[Address]:
    try:
        found = [ip_address(each) for each in await lookup(host, port)]
    except (OSError, ValueError) as error:  # ValueError: not a name that DNS can hold
        raise FetchError(FetchFault.DNS, f"{host}: {_no_name(error)}") from error
    if not found:
        raise FetchError(FetchFault.DNS, f"{host} has no address")
    return found


def refuse_inside(host: str, networks: Iterable[Network]) -> None:
    """Behind a proxy, which resolves names itself: refuse (FetchError) what is known to lead inside without asking."""
    name = host.rstrip(".").lower()
    address = _spelled_out(name)
    if address is None and ("." not in name or name.endswith((".localhost", ".local", ".internal", ".home.arpa"))):
        raise _refused(f"{host} is a name of the local network")
    if address is None and _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise _refused(f"{host} is neither a name nor an address that can be read without doubt")
    if address is not None and not allowed(address, networks):
        raise _inside(host, "is", address)


def _inside(host: str, verb: str, address: Address) -> FetchError:
    found = host if host == str(address) else f"{host} {verb} {address}, which"
    return _refused(f"{found} is not public; [fetch] allow_networks opens private networks")


def _no_name(error: Exception) -> str:
    """Why a name could not be resolved, in plain words."""
    number = error.args[0] if isinstance(error, socket.gaierror) and error.args else None
    if number in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
        return "there is no such name, or it has no address"
    if number in (socket.EAI_AGAIN, socket.EAI_FAIL):
        return "the name server does not answer, or fails"
    return "it is no name that can be looked up" if isinstance(error, ValueError) else "the name cannot be looked up"


def _spelled_out(host: str) -> Address | None:
    """The address that a host is a spelling of, any that the C library takes; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _refused(message: str) -> FetchError:
    return FetchError(FetchFault.REFUSED, message)


class SystemLookup:
    """The system's resolver, each name in a thread of its own.

    Not the loop's own `getaddrinfo`: uvloop has two threads for it, so two dead name servers would keep all other
    names waiting; and asyncio's threads are waited for at exit, up to half a minute.
    """

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(LOOKUPS)

    async def __call__(self, host: str, port: int) -> list[str]:
        await self._room.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def settle(found: list[str] | Exception) -> None:
            self._room.release()  # here and not with the caller, who may have left: the thread is still there
            if answer.done():
                return
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def work() -> None:
            found = _ask_system(host, port)
            with suppress(RuntimeError):  # the loop is closed: nobody wants to know
                loop.call_soon_threadsafe(settle, found)

        # Its name does not name the host: from Python 3.14 on, everybody may read it in /proc.
        threading.Thread(target=work, name="lookup", daemon=True).start()
        return await answer


def _ask_system(host: str, port: int) -> list[str] | Exception:
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, ValueError) as error:
        return error
