"""A flow as a log tells of it, before anyone is looked up in a cluster."""

from dataclasses import dataclass

from netsim.model.networks import Address
from netsim.names import EndpointText, PortText


@dataclass(frozen=True, slots=True)
class NamedEnd:
    """An end as netsim's notation names it."""

    notation: EndpointText
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class SeenEnd:
    """An end as a network plugin saw it."""

    address: Address | None
    namespace: str = ""
    pod: str = ""
    workloads: tuple[tuple[str, str], ...] = ()
    """Kind and name of what owns the pod."""
    reserved: str = ""
    """What is no pod: `world`, `host`, `remote-node`, `kube-apiserver`, ..."""

    def __str__(self) -> str:
        if self.pod:
            return f"{self.namespace}/{self.pod}"
        if self.workloads:
            return f"{self.namespace}/{self.workloads[0][1]}"
        return str(self.address or self.reserved or "nobody")


LoggedEnd = NamedEnd | SeenEnd


@dataclass(frozen=True, slots=True)
class LoggedFlow:
    """A connection that was opened."""

    source: LoggedEnd
    target: LoggedEnd
    port: PortText
