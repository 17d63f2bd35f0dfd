"""Takes objects out of a load by name.

ns/name            a NetworkPolicy, else a workload or pod, else a Service of that name
ns/netpol/name     a policy; so with deploy, sts, ds, rs, rc, job, cj, pod, svc
ns/                a namespace with everything in it
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial

from netsim.errors import AmbiguousEndpointError, NotationError, UnknownEndpointError
from netsim.load.assemble import Assembly
from netsim.names import KINDS

_POLICY, _SERVICE = "NetworkPolicy", "Service"
_WORDS = {
    **KINDS,
    **dict.fromkeys(("netpol", "networkpolicy", "networkpolicies", "policy"), _POLICY),
    **dict.fromkeys(("svc", "service", "services"), _SERVICE),
}
_SHORT = {kind: word for word, kind in reversed(_WORDS.items())} | {_POLICY: "netpol"}

_Found = tuple[str, str, str, Callable[[], object]]
"""Namespace, kind, name, and what takes it out."""


def take_out(text: str, assembly: Assembly) -> None:
    """Takes out what a text names.

    Raises NotationError for what is no such text, UnknownEndpointError where there is no such
    object, and AmbiguousEndpointError where several workloads have the name and no policy.
    """
    namespace, slash, rest = text.strip().partition("/")
    if not slash or not namespace:
        raise NotationError(text, "not an object: use ns/name, ns/netpol/name or ns/")
    if not rest:
        _take_out_namespace(namespace, assembly)
        return
    word, slash, name = rest.partition("/")
    kind = _kind(text, word) if slash else ""
    name = name if slash else word
    found = [
        item
        for item in _everything(assembly)
        if (item[0], item[2]) == (namespace, name) and kind in {"", item[1]}
    ]
    policies = [item for item in found if item[1] == _POLICY]
    found = policies or [item for item in found if item[1] != _SERVICE] or found
    if not found:
        raise UnknownEndpointError(text, "object", _nearest(text, assembly))
    if len({item[1] for item in found}) > 1:
        names = tuple(sorted(f"{namespace}/{_SHORT.get(it[1], it[1])}/{name}" for it in found))
        raise AmbiguousEndpointError(text, names)
    for *_, take in found:
        take()


def _kind(text: str, word: str) -> str:
    if word.lower() not in _WORDS:
        start = text.index(word)
        known = "netpol, deploy, sts, ds, rs, rc, job, cj, pod, svc"
        problem = f"unknown kind {word!r}: use {known}"
        raise NotationError(text, problem, start, start + len(word))
    return _WORDS[word.lower()]


def _take_out_namespace(namespace: str, assembly: Assembly) -> None:
    found = [item for item in _everything(assembly) if item[0] == namespace]
    if not found and namespace not in assembly.namespaces:
        names = {item[0] for item in _everything(assembly)} | set(assembly.namespaces)
        near = tuple(get_close_matches(namespace, sorted(names), n=3))
        raise UnknownEndpointError(namespace, "namespace", near)
    for *_, take in found:
        take()
    assembly.namespaces.pop(namespace, None)
    assembly.unmodelled = [it for it in assembly.unmodelled if it.namespace != namespace]


def _everything(assembly: Assembly) -> Iterator[_Found]:
    """A workload goes with its live pods, which would stand for it."""
    for key in list(assembly.policies):
        yield key[0], _POLICY, key[1], partial(assembly.policies.pop, key, None)
    for key in list(assembly.services):
        yield key[0], _SERVICE, key[1], partial(assembly.services.pop, key, None)
    for kind, namespace, name in list(assembly.workloads):
        yield namespace, kind, name, _workload(assembly, kind, namespace, name)
    for key, pod in list(assembly.pods.items()):
        yield key[0], "Pod", key[1], partial(assembly.pods.pop, key, None)
        kind, name = pod.owner
        if kind and (kind, key[0], name) not in assembly.workloads:
            yield key[0], kind, name, _workload(assembly, kind, key[0], name)


def _workload(assembly: Assembly, kind: str, namespace: str, name: str) -> Callable[[], None]:
    def take() -> None:
        owners = {(kind, name)}
        assembly.workloads.pop((kind, namespace, name), None)
        for key, item in list(assembly.workloads.items()):
            if key[1] == namespace and item.owner in owners:
                owners.add((key[0], key[2]))
                del assembly.workloads[key]
        for place, pod in list(assembly.pods.items()):
            if place[0] == namespace and pod.owner in owners:
                del assembly.pods[place]

    return take


def _nearest(text: str, assembly: Assembly) -> tuple[str, ...]:
    names = dict.fromkeys(f"{item[0]}/{item[2]}" for item in _everything(assembly))
    return tuple(get_close_matches(text, list(names), n=3, cutoff=0.6))
