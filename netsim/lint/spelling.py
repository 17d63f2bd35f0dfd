"""Fields whose absence and emptiness mean different things, read as they are written."""

from collections.abc import Iterator, Mapping, Sequence

from netsim.lint.context import Context
from netsim.lint.fragments import manifests, pod, policy
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction, NetworkPolicy
from netsim.results import Severity

_DB = pod("shop/db", "app: db")
_WEB = pod("shop/web", "app: web")


def _written(context: Context) -> Iterator[tuple[NetworkPolicy, Mapping[str, object]]]:
    """Every policy with its spec as it is written."""
    for item in context.policies:
        found = context.written(item.source)
        spec = found.at("spec") if found is not None else None
        if isinstance(spec, Mapping):
            yield item, spec


@rule(
    "rules-without-policy-type",
    Severity.ERROR,
    bad=manifests(
        _DB,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            policyTypes: [Ingress]
            ingress: []
            egress:
            - ports: [{port: 443}]
            """,
        ),
    ),
    good=manifests(
        _DB,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            policyTypes: [Ingress, Egress]
            ingress: []
            egress:
            - ports: [{port: 443}]
            """,
        ),
    ),
)
def rules_without_policy_type(context: Context) -> Iterator[Observation]:
    """Rules stand for a direction that policyTypes leaves out, and are ignored.

    The API server takes such a policy without a word. The direction is not isolated by it, so
    what the rules seem to restrict stays open.
    """
    for item, spec in _written(context):
        for direction in Direction:
            if spec.get(direction.value) and direction not in item.rules:
                yield Observation(
                    item.source.at("spec", direction.value),
                    str(item.ref),
                    f"the {direction.value} rules of {item.ref} are ignored: policyTypes has "
                    f"no {direction.policy_type}",
                    fix=f"add {direction.policy_type} to policyTypes, or remove the rules",
                )


@rule(
    "ingress-isolated-by-default",
    Severity.WARNING,
    bad=manifests(
        _DB,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            egress:
            - ports: [{port: 443}]
            """,
        ),
    ),
    good=manifests(
        _DB,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            policyTypes: [Egress]
            egress:
            - ports: [{port: 443}]
            """,
        ),
    ),
)
def ingress_isolated_by_default(context: Context) -> Iterator[Observation]:
    """A policy with egress rules alone isolates ingress as well.

    Without policyTypes a policy is always of type Ingress, and of type Egress if it has an
    egress rule. A policy that was written for egress then lets nobody in.
    """
    for item, spec in _written(context):
        if not spec.get("policyTypes") and spec.get("egress") and "ingress" not in spec:
            yield Observation(
                item.source.at("spec", "egress"),
                str(item.ref),
                f"{item.ref} has egress rules and no policyTypes, and so denies all ingress",
                fix="write `policyTypes: [Egress]`, or [Ingress, Egress] if it is meant",
            )


@rule(
    "absent-or-empty",
    Severity.WARNING,
    bad=manifests(
        _WEB,
        _DB,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: []
              ports: [{port: 5432}]
            """,
        ),
    ),
    good=manifests(
        _WEB,
        _DB,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{podSelector: {}}]
              ports: [{port: 5432}]
            """,
        ),
    ),
)
def absent_or_empty(context: Context) -> Iterator[Observation]:
    """An empty or null value means something else than it seems to.

    An empty `from` or `to` is everybody, not nobody; an empty `ports` is every port. A null
    selector in a peer is an absent one: `namespaceSelector: null` is the own namespace, and
    `{}` is every namespace. `egress: []` without Egress in policyTypes isolates nothing.
    Nobody is an empty list of rules with the direction in policyTypes.
    """
    for item, spec in _written(context):
        yield from _about_directions(item, spec)
        for direction in item.rules:
            rules = spec.get(direction.value)
            for index, written in enumerate(rules if isinstance(rules, Sequence) else ()):
                if isinstance(written, Mapping):
                    yield from _about_rule(item, direction, index, written)


def _about_directions(item: NetworkPolicy, spec: Mapping[str, object]) -> Iterator[Observation]:
    for direction in Direction:
        name = direction.value
        if name in spec and not spec[name] and direction not in item.rules:
            yield Observation(
                item.source.at("spec", name),
                str(item.ref),
                f"an empty `{name}` isolates nothing here: policyTypes has no "
                f"{direction.policy_type}",
                fix=f"add {direction.policy_type} to policyTypes, or remove `{name}`",
            )
    if "podSelector" in spec and spec["podSelector"] is None:
        yield Observation(
            item.source.at("spec", "podSelector"),
            str(item.ref),
            f"podSelector is null, which selects every pod of {item.namespace}",
            fix="write `podSelector: {}` if that is meant",
        )


def _about_rule(
    item: NetworkPolicy, direction: Direction, index: int, written: Mapping[str, object]
) -> Iterator[Observation]:
    place = item.source.at("spec", direction.value, index)
    field = direction.peers_field
    if field in written and not written[field]:
        how = "null" if written[field] is None else "empty"
        whom = "from" if direction is Direction.INGRESS else "to"
        yield Observation(
            place.at(field),
            str(item.ref),
            f"`{field}` is {how}, which lets connections {whom} everybody through",
            fix=f"leave `{field}` out if that is meant; for nobody remove the rule",
        )
    if "ports" in written and not written["ports"]:
        yield Observation(
            place.at("ports"),
            str(item.ref),
            "`ports` is empty, which means every port of every protocol",
            fix="leave `ports` out if that is meant",
            severity=Severity.NOTE,
        )
    peers = written.get(field)
    for number, peer in enumerate(peers if isinstance(peers, Sequence) else ()):
        if isinstance(peer, Mapping):
            yield from _about_peer(item, peer, place.at(field, number).route)


def _about_peer(
    item: NetworkPolicy, peer: Mapping[str, object], route: tuple[str | int, ...]
) -> Iterator[Observation]:
    place = item.source.at(*route[len(item.source.route) :])
    if "namespaceSelector" in peer and peer["namespaceSelector"] is None:
        yield Observation(
            place.at("namespaceSelector"),
            str(item.ref),
            f"namespaceSelector is null, which means namespace {item.namespace} only",
            fix="write `namespaceSelector: {}` for every namespace, or leave it out",
        )
    if "podSelector" in peer and peer["podSelector"] is None:
        yield Observation(
            place.at("podSelector"),
            str(item.ref),
            "podSelector is null, which means every pod",
            fix="write `podSelector: {}`, or leave it out",
            severity=Severity.NOTE,
        )


CHECKS = (rules_without_policy_type, ingress_isolated_by_default, absent_or_empty)
