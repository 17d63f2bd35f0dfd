"""The fields of security contexts, each with how much it is wanted in a hardened pod."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from netsim.podsecurity.pods import Container, Pod, SecurityContext


class Need(Enum):
    """How much a field is wanted."""

    REQUIRED = "required"
    """By the restricted level."""
    FORBIDDEN = "forbidden"
    """By the baseline level already."""
    LIMITED = "limited"
    """It may be set, to some values."""
    RECOMMENDED = "recommended"
    """Asked for by no level."""
    FREE = "free"
    """Good where the pod needs it."""


_Missing = Callable[[SecurityContext], bool]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field."""

    name: str
    need: Need
    value: str
    """What it should be."""
    control: str = ""
    """The control that asks for it, for fields that some level asks for."""
    is_missing: _Missing | None = None
    """Whether a recommended field is not set well in a context."""
    pod_level: bool = True
    """Whether the pod's own context may set it for all containers."""

    def lacking(self, pod: Pod) -> tuple[Container, ...]:
        """Containers for which a recommended field is not set, neither by the pod."""
        missing = self.is_missing
        if missing is None or pod.on_windows:
            return ()
        if self.pod_level and not missing(pod.security):
            return ()
        return tuple(item for item in pod.containers if missing(item.security))


PARAMETERS = (
    Parameter("runAsNonRoot", Need.REQUIRED, "true", "runAsNonRoot"),
    Parameter(
        "runAsUser",
        Need.RECOMMENDED,
        "a user other than 0",
        "runAsUser",
        lambda context: context.run_as_user is None,
    ),
    Parameter(
        "runAsGroup",
        Need.RECOMMENDED,
        "a group other than 0",
        "",
        lambda context: not context.run_as_group,
    ),
    Parameter("fsGroup", Need.FREE, "the group that owns the pod's volumes"),
    Parameter(
        "seccompProfile.type",
        Need.REQUIRED,
        "RuntimeDefault or Localhost",
        "seccompProfile_restricted",
    ),
    Parameter(
        "allowPrivilegeEscalation",
        Need.REQUIRED,
        "false",
        "allowPrivilegeEscalation",
        pod_level=False,
    ),
    Parameter(
        "capabilities.drop",
        Need.REQUIRED,
        "[ALL]",
        "capabilities_restricted",
        pod_level=False,
    ),
    Parameter(
        "capabilities.add",
        Need.LIMITED,
        "nothing, or NET_BIND_SERVICE",
        "capabilities_restricted",
        pod_level=False,
    ),
    Parameter(
        "readOnlyRootFilesystem",
        Need.RECOMMENDED,
        "true",
        "",
        lambda context: context.read_only_root_filesystem is not True,
        pod_level=False,
    ),
    Parameter("privileged", Need.FORBIDDEN, "false", "privileged", pod_level=False),
)
"""In the order in which people read them."""
