"""The only subprocess that speaks to a cluster: the user's kubectl, with their kubeconfig.

Login plugins, proxies and impersonation are kubectl's business, so they just work. What it
says on failure is sorted into a few causes, because each of them is answered differently.
"""

import re
import subprocess
from dataclasses import dataclass
from enum import Enum

from netsim.errors import LiveClusterError

_TIMEOUT = 60
"""Seconds that a server may take for one page."""
_LAST_LINES = 3


class Fault(Enum):
    """Why kubectl got no answer."""

    FORBIDDEN = "forbidden"
    NOT_SERVED = "not served"
    EXPIRED = "expired"
    """410: the server no longer has the state that a list began with."""
    PASSING = "passing"
    """The server or the network failed; the same call may succeed."""
    OTHER = "other"


_SIGNS = (
    (Fault.FORBIDDEN, r"\(Forbidden\)|is forbidden:"),
    (Fault.NOT_SERVED, r"\(NotFound\)|could not find the requested resource"),
    (Fault.EXPIRED, r"\(Expired\)|\(Gone\)|continue parameter is too old"),
    (
        Fault.PASSING,
        (
            r"\((InternalError|ServiceUnavailable|Timeout|ServerTimeout|TooManyRequests)\)"
            r"|an error on the server|connection re(fused|set)|deadline exceeded"
            r"|\btimeout\b|Timeout exceeded|Client\.Timeout|unexpected EOF|: EOF|broken pipe"
            r"|currently unable to handle the request"
        ),
    ),
)


@dataclass(eq=False)
class CallError(Exception):
    """One call of kubectl that failed."""

    fault: Fault
    code: int
    lines: tuple[str, ...]
    """The last lines that kubectl wrote."""
    printed: bytes = b""
    """What it printed all the same."""

    @property
    def reason(self) -> str:
        """What kubectl said, in one line."""
        return self.lines[-1] if self.lines else f"kubectl ended with exit code {self.code}"


@dataclass(frozen=True, slots=True)
class Kubectl:
    """How kubectl is called."""

    context: str | None = None
    """A context of the kubeconfig; None for the current one."""
    program: str = "kubectl"

    def raw(self, path: str) -> bytes:
        """The body of a GET; raises CallError, or LiveClusterError without a kubectl."""
        return self.run("get", "--raw", path)

    def run(self, *words: str) -> bytes:
        """What kubectl prints; raises CallError, or LiveClusterError without a kubectl."""
        chosen = () if self.context is None else ("--context", self.context)
        command = (self.program, *chosen, f"--request-timeout={_TIMEOUT}s", *words)
        try:
            # kubectl asks for a user name where it has no credentials: it gets no input
            done = subprocess.run(  # noqa: S603 - the user's own kubectl
                command, capture_output=True, stdin=subprocess.DEVNULL, check=False
            )
        except OSError as error:
            problem = f"cannot be started: {error.strerror}"
            hint = ("install kubectl, or give a capture made elsewhere with -f",)
            raise LiveClusterError(self.program, problem, hint) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            lines = tuple(line for line in said if line.strip())
            fault = _fault("\n".join(lines))
            raise CallError(fault, done.returncode, lines[-_LAST_LINES:], done.stdout)
        return done.stdout

    def failed(self, what: str, error: CallError) -> LiveClusterError:
        """A call's failure as the end of the whole capture."""
        return LiveClusterError(
            self.program, f"{what} could not be read (exit code {error.code})", error.lines
        )


def _fault(said: str) -> Fault:
    return next((fault for fault, sign in _SIGNS if re.search(sign, said)), Fault.OTHER)
