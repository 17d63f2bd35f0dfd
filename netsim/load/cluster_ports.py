"""Reads the ports of cluster-wide rules: `ports` of v1alpha1 and `protocols` of v1alpha2.

A port's name stands for whatever protocol and number the target declares under it, so it is
read as that name on each protocol.
"""

from netsim.load.fields import Field
from netsim.load.validation import PORT_NAME_RULE, is_port_name, shown
from netsim.model.ports import (
    FIRST_PORT,
    LAST_PORT,
    NamedPort,
    PortRange,
    Protocol,
    RulePort,
)

_FORMER = frozenset({"portNumber", "portRange", "namedPort"})
_PROTOCOLS = {protocol.value.lower(): protocol for protocol in Protocol}
_CURRENT = frozenset({*_PROTOCOLS, "destinationNamedPort"})


def read_ports(item: Field) -> tuple[RulePort, ...]:
    """One item of `ports` (A17)."""
    port = item.as_object(_FORMER)
    chosen = _only(port, _FORMER, "A17")
    if chosen == "namedPort":
        return _named(port.get(chosen), "A17")
    if chosen == "portNumber":
        number = port.get(chosen).as_object(frozenset({"protocol", "port"}))
        first = last = _number(number.get("port"), "A17")
        return (PortRange(_protocol(number.get("protocol")), first, last),)
    if chosen == "portRange":
        span = port.get(chosen).as_object(frozenset({"protocol", "start", "end"}))
        return _span(span, _protocol(span.get("protocol")), "A17")
    return ()


def read_protocols(item: Field) -> tuple[RulePort, ...]:
    """One item of `protocols` (C17)."""
    written = item.as_object(_CURRENT)
    chosen = _only(written, _CURRENT, "C17")
    if chosen == "destinationNamedPort":
        return _named(written.get(chosen), "C17")
    if not chosen:
        return ()
    inner = written.get(chosen).as_object(frozenset({"destinationPort"}))
    target = inner.get("destinationPort")
    if target.missing:
        problem = f"a destinationPort is required: {chosen} alone is rejected by the CRD"
        target.fault(problem, kind="Required", rule="C19")
        return ()
    known = frozenset({"number", "range"})
    target = target.as_object(known)
    protocol = _PROTOCOLS[chosen]
    match _only(target, known, "C17"):
        case "number":
            first = last = _number(target.get("number"), "C17")
            return (PortRange(protocol, first, last),)
        case "range":
            span = target.get("range").as_object(frozenset({"start", "end"}))
            return _span(span, protocol, "C17", ascending=True)
        case _:
            return ()


def _only(field: Field, known: frozenset[str], rule: str) -> str:
    """The one field that is set; empty, with a fault, where it is not one."""
    present = [key for key in sorted(known) if not field.get(key).missing]
    if len(present) == 1:
        return present[0]
    said = f"not {' and '.join(present)}" if present else "none is"
    problem = f"exactly one of {', '.join(sorted(known))} must be set, {said}"
    field.fault(problem, kind="Invalid" if present else "Required", rule=rule)
    return ""


def _named(field: Field, rule: str) -> tuple[RulePort, ...]:
    name = field.text() or ""
    if not is_port_name(name):
        field.fault(f"{shown(name)} is not a port name: {PORT_NAME_RULE}", rule=rule)
    return tuple(NamedPort(protocol, name) for protocol in Protocol)


def _span(
    span: Field, protocol: Protocol, rule: str, *, ascending: bool = False
) -> tuple[RulePort, ...]:
    """v1alpha2 wants the end above the start; v1alpha1 only says so, and matches nothing."""
    first, last = _number(span.get("start"), rule), _number(span.get("end"), rule)
    if last < first or (ascending and last == first):
        problem = f"{last} is not above start {first}"
        if ascending:
            span.get("end").fault(problem, rule=rule)
        else:
            span.get("end").warn("range-without-ports", f"{problem}: it matches nothing")
            return ()
    return (PortRange(protocol, first, last),)


def _number(field: Field, rule: str) -> int:
    number = field.integer()
    if field.missing:
        field.fault("a port number is required", kind="Required", rule=rule)
    elif number is not None and not FIRST_PORT <= number <= LAST_PORT:
        field.fault(f"{number} is not between {FIRST_PORT} and {LAST_PORT}", rule=rule)
    return number or FIRST_PORT


def _protocol(field: Field) -> Protocol:
    """TCP where none is written."""
    word = field.text()
    if word is None:
        return Protocol.TCP
    try:
        return Protocol(word)
    except ValueError:
        problem = f"{shown(word)} is not supported: use TCP, UDP or SCTP"
        field.fault(problem, kind="NotSupported", rule="A17")
        return Protocol.TCP
