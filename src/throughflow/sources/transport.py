"""One question to a publisher's server and its answer: headers, redirects, timeouts, certificates.

Nothing is retried, stored or interpreted here. A key travels in a `Secret`, which no message,
log line or stored address can show: the address with the key in it exists only while the request
is being sent. The standard library does all of it: a client library would be one more dependency
for a verb that most runs never call. Only https is spoken; plain http is allowed to this machine
itself, for a mirror or a test.
"""

from __future__ import annotations

import functools
import http.client
import ipaddress
import ssl
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from throughflow.errors import SourceError, UsageError
from throughflow.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message

USER_AGENT: Final = f"throughflow/{__version__} (official trade statistics)"
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS: Final = 5
# Second-level labels under which names are registered, such as gov.uk.
_REGISTRIES: Final = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gouv", "net", "org"})
_COUNTRY_CODE: Final = 2


@dataclass(frozen=True, slots=True)
class Secret:
    """A publisher's key and where it goes; its value is never printed.

    Attributes:
        value: The key.
        header: Header that carries it, or empty.
        query: Query parameter that carries it, or empty.
    """

    value: str = field(repr=False)
    header: str = ""
    query: str = ""

    def hide(self, text: str) -> str:
        """Replace the key wherever it appears in a text, plain or percent-encoded."""
        quote = urllib.parse.quote
        forms = {self.value, quote(self.value), quote(self.value, safe="")}
        for form in forms | {urllib.parse.quote_plus(self.value)}:
            text = text.replace(form, "***")
        return text


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, and for the next bytes of an answer."""

    connect: float = 20.0
    read: float = 90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer, with its body still to be read.

    Attributes:
        status: HTTP status.
        headers: Headers of the answer.
        body: Reads the body as it was sent.
        url: Address that answered, without a key.
    """

    status: int
    headers: Message
    body: http.client.HTTPResponse
    url: str


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def registrable(host: str) -> str:
    """Return the part of a host name that its owner registered, such as ``un.org``."""
    labels = host.lower().rstrip(".").split(".")
    under_registry = (
        len(labels) > 2 and len(labels[-1]) == _COUNTRY_CODE and labels[-2] in _REGISTRIES
    )
    return ".".join(labels[-3 if under_registry else -2 :])


def check_address(url: str) -> str:
    """Refuse an address that is neither https nor on this machine.

    Returns:
        The address.

    Raises:
        UsageError: It is something else, or carries a user name or password.
    """
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        parts = urllib.parse.urlsplit("")
    host = parts.hostname or ""
    if parts.username or parts.password:
        raise UsageError("an address with a user name or password is not used", where="--address")
    if parts.query or parts.fragment:
        raise UsageError("a base address ends before the question mark", where="--address")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        raise UsageError(
            f"{url!r} is not an https address",
            where="--address",
            remedy="Give https://…; plain http is allowed to this machine only",
        )
    return url


def may_follow(origin: str, target: str) -> bool:
    """Tell whether an answer from `origin` may send us to `target`.

    A page that is not the publisher's could otherwise be stored as its data, and a public server
    could make this machine ask its own services.
    """
    try:
        here, there = urllib.parse.urlsplit(origin), urllib.parse.urlsplit(target)
    except ValueError:
        return False
    host, other = here.hostname or "", there.hostname or ""
    if is_loopback(host):
        return there.scheme in {"http", "https"} and is_loopback(other)
    if there.scheme != "https" or is_loopback(other) or there.username or there.password:
        return False
    return registrable(host) == registrable(other)


@contextmanager
def ask(
    url: str, headers: Mapping[str, str], secret: Secret | None, timeouts: Timeouts
) -> Iterator[Answer]:
    """Send a request and follow where the publisher sends us.

    Args:
        url: Address without a key.
        headers: Headers to send beside User-Agent and the key.
        secret: The key, sent to the host of `url` and to no other.
        timeouts: How long to wait.

    Yields:
        The answer, whatever its status.

    Raises:
        SourceError: A redirect that may not be followed, too many of them, or a certificate that
            cannot be trusted.
        OSError, http.client.HTTPException: The network failed; the same request may be tried again.
    """
    first, current = url, url
    hide = secret.hide if secret else str
    for _ in range(MOST_REDIRECTS + 1):
        response = _open(current, headers, _to_send(secret, first, current), timeouts)
        try:
            if response.status not in REDIRECTS:
                yield Answer(response.status, response.headers, response, hide(current))
                return
            location = response.headers.get("Location", "")
            target = joined(current, location)
        finally:
            response.close()
        if not target or not may_follow(first, target):
            place = hide(_place(target)) if target else "nowhere"
            raise SourceError(
                f"the server sends us elsewhere ({place})",
                where=hide(first),
                remedy="Only https addresses of the same publisher are followed. If the publisher "
                "moved, give its new address with --address",
            )
        current = target
    raise SourceError(f"more than {MOST_REDIRECTS} redirects", where=hide(first))


def joined(base: str, link: str) -> str:
    """Return the address a link leads to; empty if it leads nowhere."""
    try:
        return urllib.parse.urljoin(base, link) if link else ""
    except ValueError:
        return ""


def _place(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _to_send(secret: Secret | None, first: str, current: str) -> Secret | None:
    same = urllib.parse.urlsplit(first).netloc == urllib.parse.urlsplit(current).netloc
    return secret if same else None


def _open(
    url: str, headers: Mapping[str, str], secret: Secret | None, timeouts: Timeouts
) -> http.client.HTTPResponse:
    sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers}
    if secret and secret.header:
        sent[secret.header] = secret.value
    if secret and secret.query:
        parts = urllib.parse.urlsplit(url)
        key = urllib.parse.urlencode({secret.query: secret.value})
        url = parts._replace(query=f"{parts.query}&{key}" if parts.query else key).geturl()
    local = is_loopback(urllib.parse.urlsplit(url).hostname or "")
    opener = urllib.request.OpenerDirector()
    # No processor of errors and none of redirects: every status comes back as it is.
    opener.add_handler(urllib.request.ProxyHandler({} if local else None))
    opener.add_handler(_Plain(timeouts))
    opener.add_handler(_Secure(timeouts))
    try:
        response: http.client.HTTPResponse | None = opener.open(
            urllib.request.Request(url, headers=sent),  # noqa: S310 - `check_address` saw it
            timeout=timeouts.connect,
        )
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise SourceError(
                f"the server's certificate cannot be trusted ({error.reason.verify_message})",
                where=urllib.parse.urlsplit(url).netloc,
                remedy="Check the date of this machine and its certificates; there is no way to "
                "switch the check off",
            ) from None
        if isinstance(error.reason, ssl.SSLError):
            raise SourceError(
                f"the server and this machine do not agree on encryption ({error.reason.reason})",
                where=urllib.parse.urlsplit(url).netloc,
            ) from None
        reason = error.reason if isinstance(error.reason, OSError) else OSError(str(error.reason))
        raise reason from None
    except ValueError:
        # Its text would show the address or the header that holds the key.
        raise SourceError("the address cannot be used", where=_place(url)) from None
    if response is None:
        raise SourceError("only http and https are spoken", where=urllib.parse.urlsplit(url).netloc)
    return response


class _Patient(http.client.HTTPConnection):
    """Waits longer for an answer than for a connection."""

    def __init__(self, *arguments: Any, read: float, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._read = read

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._read)


class _PatientAndSecure(http.client.HTTPSConnection):
    """The same over TLS; the handshake is part of the connection."""

    def __init__(self, *arguments: Any, read: float, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._read = read

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._read)


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, timeouts: Timeouts) -> None:
        super().__init__()
        self._connection = functools.partial(_Patient, read=timeouts.read)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, timeouts: Timeouts) -> None:
        super().__init__()
        self._connection = functools.partial(_PatientAndSecure, read=timeouts.read)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req, context=ssl.create_default_context())
