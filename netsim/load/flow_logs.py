"""Reads logs of observed flows: CSV with a header, or what `hubble observe -o json` prints.

Every row is a flow, a counted reason why it is none, or a fault with its line.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from os import PathLike

from netsim.errors import DocumentError, InputError, LoadError, NotationError
from netsim.load.files import TextFile, read_files
from netsim.load.hubble import hubble_row
from netsim.load.logged_flows import LoggedFlow, NamedEnd
from netsim.model.ports import Protocol
from netsim.names import PortText, parse_endpoint, parse_port
from netsim.source import Place, Source

_TARGET = ("target", "destination")
_COLUMNS = ("source", *_TARGET, "port", "protocol")
_ICMP = ("icmp", "icmpv4", "icmpv6")
_Row = LoggedFlow | InputError | str
"""A flow, a fault, or why it is neither."""
_MOST_FAULTS = 20
"""More say no more: the file is another one than was meant."""


@dataclass(slots=True)
class FlowLog:
    """What one file says."""

    file: str
    flows: dict[LoggedFlow, int] = field(default_factory=dict)
    """Each once, with the line where it stands first."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Why rows are no flows that are needed, with how many there are."""


def read_flow_log(path: str | PathLike[str], namespace: str = "default") -> FlowLog:
    """A log from a file or `-`; `namespace` is where names without a slash belong.

    Raises LoadError with every fault, or with the first ones where there are many.
    """
    read = next(read_files([path], whole=True))
    if not isinstance(read, TextFile):
        problem = "cannot be read as a log of flows"
        fault = DocumentError(Source(str(path)), problem)
        raise LoadError((read if isinstance(read, DocumentError) else fault,))
    log, errors = FlowLog(read.name), list[InputError]()
    for line, found in _rows(read, namespace):
        if isinstance(found, LoggedFlow):
            log.flows.setdefault(found, line)
        elif isinstance(found, InputError):
            errors.append(found)
        else:
            log.skipped[found] += 1
        if len(errors) == _MOST_FAULTS:
            break
    if errors:
        raise LoadError(tuple(errors))
    return log


def _rows(file: TextFile, namespace: str) -> Iterator[tuple[int, _Row]]:
    if not file.text.strip():
        problem = "is empty: it has no header of CSV and no record of hubble observe"
        yield 1, _fault(file.name, 1, problem)
        return
    if not file.text.lstrip().startswith("{"):
        yield from _csv_rows(file, namespace)
        return
    for line, text in enumerate(file.text.split("\n"), start=1):
        if text.strip():
            try:
                yield line, hubble_row(text)
            except ValueError as error:
                yield line, _fault(file.name, line, str(error))


def _fault(file: str, line: int, problem: str) -> DocumentError:
    """What is wrong with a line."""
    return DocumentError(Source(file), problem, Place(file, line))


def _csv_rows(file: TextFile, namespace: str) -> Iterator[tuple[int, _Row]]:
    reader = csv.reader(StringIO(file.text, newline=""), skipinitialspace=True, strict=True)
    try:
        header = next((row for row in reader if any(map(str.strip, row))), [])
        columns = {name.strip().lower(): place for place, name in enumerate(header)}
        missing = _missing(columns)
        if missing:
            yield 1, _fault(file.name, max(1, reader.line_num), missing)
            return
        for name in columns:
            if name not in _COLUMNS:
                yield reader.line_num, f"columns that are not read, as {name!r}"
        for row in reader:
            if any(map(str.strip, row)):
                try:
                    yield reader.line_num, _csv_row(row, columns, len(header), namespace)
                except ValueError as error:
                    yield reader.line_num, _fault(file.name, reader.line_num, str(error))
    except csv.Error as error:
        yield reader.line_num, _fault(file.name, reader.line_num, f"not CSV: {error}")


def _missing(columns: Mapping[str, int]) -> str:
    """What the header lacks; empty where it has everything."""
    lacks = [name for name in ("source", "port") if name not in columns]
    if not any(name in columns for name in _TARGET):
        lacks.append("target (or destination)")
    if not lacks:
        return ""
    wanted = "source,target,port,protocol"
    return f"no column {' and no column '.join(lacks)}: the first line of CSV is {wanted}"


def _csv_row(row: list[str], columns: Mapping[str, int], width: int, namespace: str) -> _Row:
    if len(row) != width:
        raise ValueError(f"{len(row)} fields, but the header has {width}")
    cells = {name: row[place].strip() for name, place in columns.items()}
    protocol = cells.get("protocol", "")
    if protocol.lower() in _ICMP:
        return "ICMP, which no NetworkPolicy rules"
    target = next(cells[name] for name in _TARGET if name in cells)
    ends = (_csv_end(cells["source"], namespace), _csv_end(target, namespace))
    return LoggedFlow(*ends, _csv_port(cells["port"], protocol))


def _csv_end(text: str, namespace: str) -> NamedEnd:
    try:
        return NamedEnd(parse_endpoint(text, namespace=namespace), text)
    except NotationError as error:
        raise ValueError(f"{text!r} is no endpoint: {error.problem}") from None


def _csv_port(text: str, protocol: str) -> PortText:
    if protocol and protocol.upper() not in Protocol.__members__:
        raise ValueError(f"{protocol!r} is no protocol: use tcp, udp, sctp or icmp")
    whole = f"{text}/{protocol}" if protocol and "/" not in text else text
    try:
        found = parse_port(whole)
    except NotationError as error:
        raise ValueError(f"{text!r} is no port: {error.problem}") from None
    if found is None:
        raise ValueError("a flow has a port: 'all' is none")
    return found
