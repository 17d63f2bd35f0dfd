"""What makes Secrets: those written down, sealed ones, and those that operators make."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from netsim.audit.containers import Part
from netsim.load.fields import Field, Report
from netsim.load.selectors import read_selector, selects
from netsim.load.validation import is_dns_label, is_subdomain
from netsim.model.snapshot import Snapshot
from netsim.model.written import WrittenObject
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class Producer:
    """A Secret that some object of the input is, or has made."""

    namespace: str
    name: str
    maker: WrittenObject
    keys: frozenset[str] | None
    """The keys that it has; None where they cannot be known."""
    only_adds: bool = False
    """Whether it adds keys to a Secret that something else must make."""

    @property
    def key(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def origin(self) -> str:
        """What makes it, as `SealedSecret shop/db`."""
        return self.maker.title


_TLS = frozenset({"tls.crt", "tls.key"})
_CA = frozenset({"ca.crt", "ca.key"})
_USER = frozenset(
    {"username", "user", "password", "dbname", "host", "port", "pgpass"}
    | {"uri", "jdbc-uri", "fqdn-uri", "fqdn-jdbc-uri"}
)
_SHIM = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme")
_INITDB, _RECOVERY = ("bootstrap", "initdb"), ("bootstrap", "recovery")

_Make = Callable[[WrittenObject, Part, Snapshot], Iterable[Producer]]


def producers(objects: Iterable[WrittenObject], snapshot: Snapshot) -> Iterator[Producer]:
    """Every Secret that the input leads to, in input order."""
    for item in objects:
        make = _MAKERS.get((item.group, item.kind))
        if make is not None:
            yield from make(item, Part(item.value, item.source), snapshot)


class AssumedSecretError(ValueError):
    """A text that names no secret; says what is wrong."""


def assumed_secret(text: str) -> WrittenObject:
    """A Secret that a user vouches for, as `ns/name` or `ns/name:key,key`.

    Raises AssumedSecretError.

    >>> assumed_secret("shop/db:password").key
    'shop/db'
    """
    place, colon, keys = text.partition(":")
    namespace, _, name = place.partition("/")
    if not is_dns_label(namespace) or not is_subdomain(name) or (colon and not keys):
        raise AssumedSecretError(f"{text!r} is not NAMESPACE/NAME or NAMESPACE/NAME:KEY,KEY")
    value = {"keys": [key.strip() for key in keys.split(",") if key.strip()]}
    source = Source("--assume-secret")
    return WrittenObject(_ASSUMED, f"{_OWN}/v1", namespace, name, value, source)


def _assumed(item: WrittenObject, whole: Part, _: Snapshot) -> Iterator[Producer]:
    keys = whole.texts("keys")
    yield Producer(item.namespace, item.name, item, frozenset(keys) if keys else None)


def _secret(item: WrittenObject, whole: Part, _: Snapshot) -> Iterator[Producer]:
    keys = frozenset({*whole.part("data").value, *whole.part("stringData").value})
    kind = whole.text("type")
    is_filled_in = kind == "kubernetes.io/service-account-token"
    yield Producer(item.namespace, item.name, item, None if is_filled_in else keys)


def _sealed(item: WrittenObject, whole: Part, _: Snapshot) -> Iterator[Producer]:
    """The controller overwrites the template's name and namespace by the outer ones."""
    spec = whole.part("spec")
    sealed = spec.part("encryptedData").value
    keys = frozenset({*sealed, *spec.part("template", "data").value})
    old = bool(spec.text("data")) and not sealed
    yield Producer(item.namespace, item.name, item, None if old else keys)


def _external(item: WrittenObject, whole: Part, _: Snapshot) -> Iterator[Producer]:
    yield from _from_store(item, whole.part("spec"), [item.namespace], item.name)


def _cluster_external(
    item: WrittenObject, whole: Part, snapshot: Snapshot
) -> Iterator[Producer]:
    spec = whole.part("spec")
    names = [name for name in spec.texts("namespaces") if name in snapshot.namespaces]
    given = spec.value.get("namespaceSelector") is not None  # an empty one selects all
    selectors = [spec.part("namespaceSelector")] if given else []
    for selector in (*selectors, *spec.parts("namespaceSelectors")):
        names += _selected(selector, snapshot)
    name = spec.text("externalSecretName") or item.name
    yield from _from_store(item, spec.part("externalSecretSpec"), names, name)


def _generated(item: WrittenObject, whole: Part, _: Snapshot) -> Iterator[Producer]:
    """Under the name and in the namespaces that references have before kustomize renders."""
    places = filter(None, (whole.text("namespace"), item.namespace))
    for namespace in dict.fromkeys(places):
        for maker in whole.parts("secretGenerator"):
            keys = None if any(maker.texts("envs")) else frozenset(generated_keys(maker))
            yield Producer(namespace, maker.text("name"), item, keys)


def generated_keys(maker: Part) -> Iterator[str]:
    """The keys that a secretGenerator takes from literals and files."""
    for text in maker.texts("literals"):
        yield text.partition("=")[0]
    for text in maker.texts("files"):
        key, _, path = text.rpartition("=")
        yield key or PurePosixPath(path).name


def _selected(selector: Part, snapshot: Snapshot) -> Iterator[str]:
    """Namespaces that a LabelSelector selects; none where the API server would refuse it."""
    report = Report()
    wanted = read_selector(Field(selector.value, selector.source, "", report))
    if not report.errors:
        for name, namespace in snapshot.namespaces.items():
            if selects(wanted, namespace.labels):
                yield name


def _from_store(
    item: WrittenObject, spec: Part, namespaces: Iterable[str], name: str
) -> Iterator[Producer]:
    target = spec.part("target")
    policy = target.text("creationPolicy")
    if policy == "None":
        return
    fixed = frozenset(entry.text("secretKey") for entry in spec.parts("data"))
    template = target.part("template")
    made = frozenset(template.part("data").value)
    if made:
        fixed = made | fixed if template.text("mergePolicy") == "Merge" else made
    is_open = any(spec.parts("dataFrom")) or any(template.parts("templateFrom"))
    keys = None if is_open else fixed
    for namespace in dict.fromkeys(namespaces):
        made_name = target.text("name") or name
        yield Producer(namespace, made_name, item, keys, only_adds=policy == "Merge")


def _certificate(item: WrittenObject, whole: Part, _: Snapshot) -> Iterator[Producer]:
    name = whole.part("spec").text("secretName")
    if name:
        extra = any(whole.parts("spec", "additionalOutputFormats"))
        keys = None if extra or whole.part("spec", "keystores").value else _TLS | {"ca.crt"}
        yield Producer(item.namespace, name, item, keys)


def _shim(item: WrittenObject, whole: Part, _: Snapshot) -> Iterator[Producer]:
    """cert-manager makes a Certificate for each TLS entry of an annotated object."""
    notes = whole.part("metadata", "annotations").value
    if not any(key in notes for key in _SHIM):
        return
    names = [tls.text("secretName") for tls in whole.parts("spec", "tls")]
    for listener in whole.parts("spec", "listeners"):
        names += [ask.text("name") for ask in listener.parts("tls", "certificateRefs")]
    for name in filter(None, names):
        yield Producer(item.namespace, name, item, _TLS | {"ca.crt"})


def _postgresql(item: WrittenObject, whole: Part, _: Snapshot) -> Iterator[Producer]:
    """CloudNativePG: `pkg/specs/secrets.go`; the superuser's only where it is asked for."""
    spec = whole.part("spec")
    made: dict[str, frozenset[str]] = {}
    given = any(spec.part(*route, "secret").value for route in (_INITDB, _RECOVERY))
    if not given:
        made["app"] = _USER
    if (
        spec.value.get("enableSuperuserAccess") is True
        and not spec.part("superuserSecret").value
    ):
        made["superuser"] = _USER
    certificates = spec.part("certificates")
    if not certificates.text("serverCASecret") or not certificates.text("clientCASecret"):
        made["ca"] = _CA
    if not certificates.text("serverTLSSecret"):
        made["server"] = _TLS
    if not certificates.text("replicationTLSSecret"):
        made["replication"] = _TLS
    for suffix, keys in made.items():
        yield Producer(item.namespace, f"{item.name}-{suffix}", item, keys)


_OWN, _ASSUMED = "netsim", "AssumedSecret"
_ESO = "external-secrets.io"
_MAKERS: Mapping[tuple[str, str], _Make] = {
    (_OWN, _ASSUMED): _assumed,
    ("", "Secret"): _secret,
    ("bitnami.com", "SealedSecret"): _sealed,
    (_ESO, "ExternalSecret"): _external,
    (_ESO, "ClusterExternalSecret"): _cluster_external,
    ("cert-manager.io", "Certificate"): _certificate,
    ("networking.k8s.io", "Ingress"): _shim,
    ("extensions", "Ingress"): _shim,
    ("gateway.networking.k8s.io", "Gateway"): _shim,
    ("postgresql.cnpg.io", "Cluster"): _postgresql,
    ("", "Kustomization"): _generated,
    ("kustomize.config.k8s.io", "Kustomization"): _generated,
}
