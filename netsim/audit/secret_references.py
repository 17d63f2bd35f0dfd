"""Every place where an object of the input asks for a Secret."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from netsim.audit.containers import Container, Part, containers, spec_of
from netsim.model.written import PodTemplate, WrittenObject
from netsim.source import Source


class Use(Enum):
    """What a Secret is asked for, which decides how its absence shows."""

    ENVIRONMENT = "environment"
    VOLUME = "volume"
    PULL = "image pull"
    TLS = "TLS"
    ACCOUNT = "account"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Reference:
    """A Secret asked for by name; it must be in `namespace`."""

    owner: WrittenObject
    namespace: str
    name: str
    use: Use
    source: Source
    keys: tuple[str, ...] = ()
    """The keys that must be there; none where all are taken as they come."""
    optional: bool = False
    user: str = ""
    """The container or volume that asks, as `container "web"`."""

    @property
    def key(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def symptom(self) -> str:
        """What is seen when the Secret is not there, as the kubelet says it."""
        absent = f'secret "{self.name}" not found'
        match self.use:
            case Use.ENVIRONMENT:
                return f"CreateContainerConfigError: {absent}"
            case Use.VOLUME:
                return f"FailedMount: MountVolume.SetUp failed for {self.user} : {absent}"
            case Use.PULL:
                return (
                    "FailedToRetrieveImagePullSecret: Unable to retrieve some image pull "
                    f"secrets ({self.name}); attempting to pull the image may not succeed."
                )
            case Use.TLS:
                return "the controller serves its default certificate, or none"
            case Use.ACCOUNT:
                return f"{absent}, though no pod needs it to start"
            case Use.OPERATOR:
                return "the operator waits for it"

    def symptom_of_key(self, key: str) -> str:
        """What is seen when the Secret is there without a key."""
        if self.use is Use.ENVIRONMENT:
            why = f"couldn't find key {key} in Secret {self.key}"
            return f"CreateContainerConfigError: {why}"
        if self.use is Use.VOLUME:
            return (
                f"FailedMount: MountVolume.SetUp failed for {self.user} : references "
                f"non-existent secret key: {key}"
            )
        return self.symptom


_DRIVERS = ("cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos")
_CNPG_ROUTES = (
    ("superuserSecret",),
    ("bootstrap", "initdb", "secret"),
    ("bootstrap", "recovery", "secret"),
    ("bootstrap", "pg_basebackup", "secret"),
)
_CNPG_CERTIFICATES = (
    "serverCASecret",
    "serverTLSSecret",
    "clientCASecret",
    "replicationTLSSecret",
)
_TLS = ("tls.crt", "tls.key")
_PERSISTENT = (
    "controllerPublishSecretRef",
    "nodeStageSecretRef",
    "nodePublishSecretRef",
    "controllerExpandSecretRef",
    "nodeExpandSecretRef",
)


def template_references(template: PodTemplate) -> Iterator[Reference]:
    """What the pods of a template ask for, in their own namespace."""
    for container in containers(template):
        yield from _of_container(template.owner, container)
    spec = spec_of(template)
    for volume in spec.parts("volumes"):
        yield from _of_volume(template.owner, volume)
    for item in spec.parts("imagePullSecrets"):
        yield from _named(template.owner, item, Use.PULL)


def object_references(item: WrittenObject) -> Iterator[Reference]:
    """What objects other than pods ask for."""
    ask = _ASKING.get((item.group, item.kind))
    if ask is not None:
        yield from ask(item, Part(item.value, item.source))


def references(
    templates: Iterable[PodTemplate], objects: Iterable[WrittenObject]
) -> Iterator[Reference]:
    """Everything that is asked for."""
    for template in templates:
        yield from template_references(template)
    for item in objects:
        yield from object_references(item)


def _of_container(owner: WrittenObject, container: Container) -> Iterator[Reference]:
    user = f'container "{container.name}"'
    for variable in container.part.parts("env"):
        ask = variable.part("valueFrom", "secretKeyRef")
        key = ask.text("key")
        keys = (key,) if key else ()
        yield from _named(owner, ask, Use.ENVIRONMENT, keys=keys, user=user)
    for item in container.part.parts("envFrom"):
        yield from _named(owner, item.part("secretRef"), Use.ENVIRONMENT, user=user)


def _of_volume(owner: WrittenObject, volume: Part) -> Iterator[Reference]:
    user = f'volume "{volume.text("name")}"'
    yield from _mounted(owner, volume.part("secret"), user, field="secretName")
    for source in volume.parts("projected", "sources"):
        yield from _mounted(owner, source.part("secret"), user)
    csi = volume.part("csi", "nodePublishSecretRef")
    yield from _named(owner, csi, Use.VOLUME, user=user)
    for driver in _DRIVERS:
        ask = volume.part(driver, "secretRef")
        yield from _named(owner, ask, Use.VOLUME, user=user)
    azure = volume.part("azureFile")
    yield from _named(owner, azure, Use.VOLUME, field="secretName", user=user)


def _mounted(
    owner: WrittenObject, ask: Part, user: str, field: str = "name"
) -> Iterator[Reference]:
    keys = tuple(item.text("key") for item in ask.parts("items") if item.text("key"))
    yield from _named(owner, ask, Use.VOLUME, field=field, keys=keys, user=user)


def _of_account(owner: WrittenObject, whole: Part) -> Iterator[Reference]:
    for secret in whole.parts("imagePullSecrets"):
        yield from _named(owner, secret, Use.PULL)
    for secret in whole.parts("secrets"):
        yield from _named(owner, secret, Use.ACCOUNT)


def _of_ingress(owner: WrittenObject, whole: Part) -> Iterator[Reference]:
    for tls in whole.parts("spec", "tls"):
        yield from _named(owner, tls, Use.TLS, field="secretName", keys=_TLS)


def _of_persistent(owner: WrittenObject, whole: Part) -> Iterator[Reference]:
    user, spec = f'volume "{owner.name}"', whole.part("spec")
    asks = [spec.part("csi", key) for key in _PERSISTENT]
    asks += [spec.part(driver, "secretRef") for driver in _DRIVERS]
    for ask in asks:
        yield from _named(owner, ask, Use.VOLUME, user=user)
    azure = spec.part("azureFile")
    place = azure.text("secretNamespace") or spec.part("claimRef").text("namespace")
    for found in _named(owner, azure, Use.VOLUME, field="secretName", user=user):
        yield replace(found, namespace=place or found.namespace)


def _of_gateway(owner: WrittenObject, whole: Part) -> Iterator[Reference]:
    for listener in whole.parts("spec", "listeners"):
        for certificate in listener.parts("tls", "certificateRefs"):
            yield from _of_certificate(owner, certificate)


def _of_certificate(owner: WrittenObject, ask: Part) -> Iterator[Reference]:
    if ask.text("kind") in {"", "Secret"} and not ask.text("group"):
        yield from _named(owner, ask, Use.TLS, keys=_TLS)


def _of_cluster(owner: WrittenObject, whole: Part) -> Iterator[Reference]:
    spec = whole.part("spec")
    asked = [spec.part(*route) for route in _CNPG_ROUTES]
    asked += [role.part("passwordSecret") for role in spec.parts("managed", "roles")]
    for ask in asked:
        yield from _named(owner, ask, Use.OPERATOR)
    for field in _CNPG_CERTIFICATES:
        yield from _named(owner, spec.part("certificates"), Use.OPERATOR, field=field)


def _named(  # noqa: PLR0913 - one parameter for each thing a reference has
    owner: WrittenObject,
    ask: Part,
    use: Use,
    *,
    field: str = "name",
    keys: tuple[str, ...] = (),
    user: str = "",
) -> Iterator[Reference]:
    """The reference that an object of the API makes; none where it gives no name."""
    name = ask.text(field)
    if name:
        is_elsewhere = owner.kind in {"Gateway", "PersistentVolume"}
        namespace = (is_elsewhere and ask.text("namespace")) or owner.namespace
        optional = ask.value.get("optional") is True
        yield Reference(owner, namespace, name, use, ask.source.at(field), keys, optional, user)


_ASKING: Mapping[tuple[str, str], Callable[[WrittenObject, Part], Iterator[Reference]]] = {
    ("", "ServiceAccount"): _of_account,
    ("networking.k8s.io", "Ingress"): _of_ingress,
    ("extensions", "Ingress"): _of_ingress,
    ("gateway.networking.k8s.io", "Gateway"): _of_gateway,
    ("", "PersistentVolume"): _of_persistent,
    ("postgresql.cnpg.io", "Cluster"): _of_cluster,
}
