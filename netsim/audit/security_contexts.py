"""Security contexts by the table of parameters, whatever level a namespace enforces."""

from collections.abc import Iterator

from netsim.audit.templates import Subject, subjects, suggested
from netsim.lint.context import Context
from netsim.lint.fragments import pod
from netsim.lint.rule import Observation, rule
from netsim.podsecurity.controls import Violation, violations
from netsim.podsecurity.levels import Level, Standard
from netsim.podsecurity.parameters import PARAMETERS, Need
from netsim.podsecurity.words import named, places
from netsim.results import Severity

_RESTRICTED = Standard(Level.RESTRICTED)
_HARDENED = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    seccompProfile: {type: RuntimeDefault}
  containers:
  - name: web
    image: web
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
"""


@rule(
    "security-context-required",
    Severity.WARNING,
    bad=pod("shop/web", "app: web"),
    good=_HARDENED,
)
def required(context: Context) -> Iterator[Observation]:
    """A pod does not set what the restricted level requires.

    Required are runAsNonRoot, seccompProfile, allowPrivilegeEscalation: false and the drop of
    all capabilities; privileged and added capabilities but NET_BIND_SERVICE are forbidden,
    and so is whatever else the level refuses. It is asked of every pod, whatever its
    namespace enforces; parts of the cluster itself are only noted.
    """
    for subject in subjects(context):
        if subject.settings.enforce.level is Level.RESTRICTED:
            continue
        for item in violations(subject.pod, _RESTRICTED):
            yield _required(subject, item)


@rule(
    "security-context-recommended",
    Severity.NOTE,
    bad=_HARDENED.replace("      readOnlyRootFilesystem: true\n", ""),
    good=_HARDENED,
)
def recommended(context: Context) -> Iterator[Observation]:
    """A pod does not set what is recommended beyond every level.

    A user and a group by number do not depend on the image, and a root file system that is
    read-only leaves an intruder nowhere to write. No level of Pod Security asks for them.
    """
    for subject in subjects(context):
        for parameter in PARAMETERS:
            lacking = parameter.lacking(subject.pod)
            if parameter.need is not Need.RECOMMENDED or not lacking:
                continue
            who = f"pod or {named(lacking)}" if parameter.pod_level else named(lacking)
            message = (
                f"{subject.name}: {parameter.name} is recommended ({who} should set "
                f"securityContext.{parameter.name}: {parameter.value})"
            )
            place = subject.place(*places(parameter.name, lacking))
            yield Observation(place, subject.name, message)


def _required(subject: Subject, item: Violation) -> Observation:
    return Observation(
        subject.place(*item.refusal.routes),
        subject.name,
        f"{subject.name} violates {_RESTRICTED.level}: {item}",
        fix=suggested(subject, (item,)),
        severity=Severity.NOTE if subject.is_system else None,
    )


CHECKS = (required, recommended)
