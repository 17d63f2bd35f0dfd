"""A small API server: the REST paths that kubectl uses, lists in pages, faults on demand."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import yaml

Json = dict[str, object]

_CORE = {
    "namespaces": ("Namespace", False),
    "nodes": ("Node", False),
    "pods": ("Pod", True),
    "services": ("Service", True),
    "serviceaccounts": ("ServiceAccount", True),
    "secrets": ("Secret", True),
    "replicationcontrollers": ("ReplicationController", True),
}
_GROUPS: dict[str, dict[str, tuple[str, bool]]] = {
    "apps/v1": {
        "deployments": ("Deployment", True),
        "replicasets": ("ReplicaSet", True),
        "statefulsets": ("StatefulSet", True),
        "daemonsets": ("DaemonSet", True),
    },
    "batch/v1": {"jobs": ("Job", True), "cronjobs": ("CronJob", True)},
    "networking.k8s.io/v1": {
        "networkpolicies": ("NetworkPolicy", True),
        "ingresses": ("Ingress", True),
    },
}
_STATUS_REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    410: "Expired",
    500: "InternalError",
    503: "ServiceUnavailable",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says to one request."""

    status: int
    body: bytes
    length: int | None = None
    """What it claims the body's length is; None for the truth."""


@dataclass(slots=True)
class ApiServer:
    """The objects it serves, and what goes wrong."""

    objects: list[Json] = field(default_factory=list)
    groups: dict[str, dict[str, tuple[str, bool]]] = field(
        default_factory=lambda: dict(_GROUPS)
    )
    broken_groups: set[str] = field(default_factory=set)
    faults: list[tuple[str, int, Callable[[Json], Answer]]] = field(default_factory=list)
    """A part of the path, how often, and the answer instead of the right one."""
    requests: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    """The Accept header of each request for Secrets."""
    url: str = ""

    def fail(self, part: str, status: int, times: int = 1_000_000) -> None:
        """Answers requests whose path has this part with an error."""
        self.faults.append((part, times, lambda _: refusal(status, part)))

    def spoil(self, part: str, make: Callable[[Json], Answer], times: int = 1_000_000) -> None:
        """Answers requests whose path has this part with something made of the right answer."""
        self.faults.append((part, times, make))

    def answer(self, target: str, accept: str) -> Answer:
        """What a GET brings."""
        self.requests.append(target)
        if "/secrets" in target:
            self.accepted.append(accept)
        parts = urlsplit(target)
        right = self._right(parts.path, parse_qs(parts.query), accept)
        for number, (part, times, make) in enumerate(self.faults):
            if part in target and times > 0:
                self.faults[number] = (part, times - 1, make)
                return make(right or {})
        return refusal(404, target) if right is None else Answer(200, _dumped(right))

    def _right(self, path: str, query: Mapping[str, list[str]], accept: str) -> Json | None:
        words = path.strip("/").split("/")
        if path == "/version":
            return {"major": "1", "minor": "32", "gitVersion": "v1.32.4"}
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            return self._group_list()
        if words[0] == "api":
            return self._within("v1", _CORE, words[2:], query, accept)
        version = "/".join(words[1:3])
        if version in self.broken_groups or version not in self.groups:
            return None
        return self._within(version, self.groups[version], words[3:], query, accept)

    def _group_list(self) -> Json:
        versions = [*self.groups, *self.broken_groups]
        groups = [
            {
                "name": version.partition("/")[0],
                "versions": [{"groupVersion": version, "version": version.partition("/")[2]}],
                "preferredVersion": {
                    "groupVersion": version,
                    "version": version.partition("/")[2],
                },
            }
            for version in versions
        ]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}

    def _within(
        self,
        version: str,
        kinds: Mapping[str, tuple[str, bool]],
        words: list[str],
        query: Mapping[str, list[str]],
        accept: str,
    ) -> Json | None:
        if not words:
            resources = [
                {
                    "name": plural,
                    "singularName": kind.lower(),
                    "namespaced": namespaced,
                    "kind": kind,
                    "verbs": ["get", "list"],
                }
                for plural, (kind, namespaced) in kinds.items()
            ]
            return {"kind": "APIResourceList", "groupVersion": version, "resources": resources}
        namespace = None
        if words[0] == "namespaces" and len(words) > 2:
            namespace, words = words[1], words[2:]
        if words[0] not in kinds:
            return None
        kind, _ = kinds[words[0]]
        found = [item for item in self.objects if _is(item, kind, version, namespace)]
        if len(words) > 1:
            return next((it for it in found if _name(it) == words[1]), None)
        if "as=Table" in accept:
            return _table(found)
        return _page(found, kind, version, query)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its URL, as long as it runs."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            self.url = f"http://127.0.0.1:{server.server_address[1]}"
            yield self.url
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def kubeconfig(self, path: Path) -> Path:
        """Writes a file with the one context `test`."""
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url}}],
            "users": [{"name": "someone", "user": {"token": "for-tests-only"}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "someone"}}],
        }
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return path


def refusal(status: int, path: str) -> Answer:
    """An error as API servers tell it."""
    body: Json = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": f'{path} is refused: User "someone" gets {status}',
        "reason": _STATUS_REASONS[status],
        "code": status,
    }
    return Answer(status, _dumped(body))


def cut_off(right: Json) -> Answer:
    """Only the first half of the body arrives, and the connection ends."""
    body = _dumped(right)
    return Answer(200, body[: len(body) // 2], len(body))


def half_a_text(right: Json) -> Answer:
    """Half a JSON text, sent as if it were all."""
    body = _dumped(right)
    return Answer(200, body[: len(body) // 2])


def _page(found: list[Json], kind: str, version: str, query: Mapping[str, list[str]]) -> Json:
    start = int(query.get("continue", ["0"])[0])
    limit = int(query.get("limit", ["0"])[0]) or len(found)
    metadata: Json = {"resourceVersion": "7"}
    if start + limit < len(found):
        metadata |= {
            "continue": str(start + limit),
            "remainingItemCount": len(found) - start - limit,
        }
    # lists leave out what every item would repeat
    items = [
        {key: value for key, value in item.items() if key not in {"kind", "apiVersion"}}
        for item in found[start : start + limit]
    ]
    return {"kind": f"{kind}List", "apiVersion": version, "metadata": metadata, "items": items}


def _table(found: list[Json]) -> Json:
    columns = [
        {"name": name, "type": "string", "format": "", "description": "", "priority": 0}
        for name in ("Name", "Type", "Data", "Age")
    ]
    rows = [
        {
            "cells": [_name(item), "Opaque", 1, "1d"],
            "object": {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": item["metadata"],
            },
        }
        for item in found
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {},
        "columnDefinitions": columns,
        "rows": rows,
    }


def _is(item: Json, kind: str, version: str, namespace: str | None) -> bool:
    metadata = item["metadata"]
    place = metadata.get("namespace") if isinstance(metadata, dict) else None
    return (item["kind"], item["apiVersion"]) == (kind, version) and namespace in {None, place}


def _name(item: Json) -> str:
    metadata = item["metadata"]
    return str(metadata["name"]) if isinstance(metadata, dict) else ""


def _dumped(value: Json) -> bytes:
    return json.dumps(value).encode()


def _handler(server: ApiServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = server.answer(self.path, self.headers.get("Accept", ""))
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            length = len(answer.body) if answer.length is None else answer.length
            self.send_header("Content-Length", str(length))
            if answer.length is not None:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
