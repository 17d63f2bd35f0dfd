"""Workloads with nothing unusual in them, as most are, read without a word.

A workload of which something is to be said, or might be, is left to the careful reader.
"""

from netsim.load.plain_pods import plain_form
from netsim.load.plain_values import (
    Object,
    OddError,
    plain_labels,
    plain_names,
    plain_object,
    sure,
)
from netsim.load.pods import READ_OWNERS
from netsim.load.selectors import plain_selector, selects
from netsim.load.workloads import Workload
from netsim.model.labels import Labels
from netsim.source import Source

_KINDS = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"})
_VERSION = "apps/v1"
_MOST_REPLICAS = (1 << 31) - 1


def read_plain_workload(value: Object, source: Source) -> Workload | None:
    """A workload as `read_workload` reads it, or None where that might say something.

    None as well for the kinds that are seldom written.
    """
    kind = value.get("kind")
    if value.get("apiVersion") != _VERSION or kind not in _KINDS:
        return None
    try:
        metadata, spec = plain_object(value.get("metadata")), plain_object(value.get("spec"))
        namespace, name = plain_names(metadata)
        plain_labels(metadata.get("labels"))
        template = plain_object(spec.get("template"))
        form = plain_form(
            plain_object(template.get("metadata")), plain_object(template.get("spec"))
        )
        _check_selector(plain_object(spec.get("selector")), form.labels)
        if spec.get("ordinals") is not None:
            return None
        return Workload(
            namespace=namespace,
            name=name,
            kind=str(kind),
            form=form,
            replicas=None if kind == "DaemonSet" else _replicas(spec),
            first_ordinal=0,
            owner=sure(READ_OWNERS.without_a_word(metadata.get("ownerReferences"))),
            source=source,
        )
    except OddError:
        return None


def _replicas(spec: Object) -> int:
    number = spec.get("replicas")
    if number is None:
        return 1
    if type(number) is not int or not 0 < number <= _MOST_REPLICAS:
        raise OddError
    return number


def _check_selector(selector: Object, labels: Labels) -> None:
    """Most selectors are some labels of the template, which are known to be sound."""
    wanted = selector.get("matchLabels")
    if len(selector) == 1 and type(wanted) is dict and wanted.items() <= labels.items():
        return
    if not selects(sure(plain_selector(selector)), labels):
        raise OddError
