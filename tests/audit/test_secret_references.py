"""Every path on which a Secret is asked for, and what its absence looks like."""

from collections.abc import Callable

import pytest

from netsim.audit.secret_references import (
    Reference,
    Use,
    object_references,
    template_references,
)
from netsim.lint.context import Context
from netsim.model.written import WrittenObject, pod_template
from netsim.source import Source

Look = Callable[[str], Context]
_CONTAINER = "containers: [{{name: web, image: web, {}}}]"


def _pod(spec: str) -> str:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
    return f"{head}spec: {{{spec}}}\n"


def asked(look: Look, text: str) -> list[Reference]:
    found: list[Reference] = []
    for item in look(text).objects:
        template = pod_template(item)
        found += template_references(template) if template else object_references(item)
    return found


@pytest.mark.parametrize(
    ("spec", "use", "keys"),
    [
        (
            _CONTAINER.format(
                "env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password}}}]"
            ),
            Use.ENVIRONMENT,
            ("password",),
        ),
        (_CONTAINER.format("envFrom: [{secretRef: {name: db}}]"), Use.ENVIRONMENT, ()),
        (
            "initContainers: [{name: a, envFrom: [{secretRef: {name: db}}]}]",
            Use.ENVIRONMENT,
            (),
        ),
        (
            "ephemeralContainers: [{name: a, envFrom: [{secretRef: {name: db}}]}]",
            Use.ENVIRONMENT,
            (),
        ),
        ("volumes: [{name: v, secret: {secretName: db}}]", Use.VOLUME, ()),
        (
            "volumes: [{name: v, secret: {secretName: db, items: [{key: k, path: p}]}}]",
            Use.VOLUME,
            ("k",),
        ),
        ("volumes: [{name: v, projected: {sources: [{secret: {name: db}}]}}]", Use.VOLUME, ()),
        ("volumes: [{name: v, csi: {nodePublishSecretRef: {name: db}}}]", Use.VOLUME, ()),
        ("volumes: [{name: v, azureFile: {secretName: db}}]", Use.VOLUME, ()),
        ("volumes: [{name: v, rbd: {secretRef: {name: db}}}]", Use.VOLUME, ()),
        ("volumes: [{name: v, flexVolume: {secretRef: {name: db}}}]", Use.VOLUME, ()),
        ("imagePullSecrets: [{name: db}]", Use.PULL, ()),
    ],
)
def test_each_field_of_a_pod_is_read(
    look: Look, spec: str, use: Use, keys: tuple[str, ...]
) -> None:
    (found,) = asked(look, _pod(spec))
    assert (found.key, found.use, found.keys, found.optional) == ("shop/db", use, keys, False)


@pytest.mark.parametrize(
    ("text", "key", "use"),
    [
        (
            (
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: shop}\n"
                "imagePullSecrets: [{name: db}]\n"
            ),
            "shop/db",
            Use.PULL,
        ),
        (
            (
                "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
                "metadata: {name: a, namespace: shop}\nspec: {tls: [{secretName: db}]}\n"
            ),
            "shop/db",
            Use.TLS,
        ),
        (
            (
                "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
                "metadata: {name: a, namespace: shop}\n"
                "spec: {listeners: [{tls: {certificateRefs: [{name: db, namespace: tls}]}}]}\n"
            ),
            "tls/db",
            Use.TLS,
        ),
        (
            (
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\n"
                "spec: {csi: {nodeStageSecretRef: {name: db, namespace: ceph}}}\n"
            ),
            "ceph/db",
            Use.VOLUME,
        ),
        (
            (
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\n"
                "spec: {rbd: {secretRef: {name: db, namespace: ceph}}}\n"
            ),
            "ceph/db",
            Use.VOLUME,
        ),
        (
            (
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\n"
                "spec: {azureFile: {secretName: db, secretNamespace: azure}}\n"
            ),
            "azure/db",
            Use.VOLUME,
        ),
        (
            (
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\n"
                "spec: {azureFile: {secretName: db}, claimRef: {namespace: shop, name: b}}\n"
            ),
            "shop/db",
            Use.VOLUME,
        ),
        (
            (
                "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n"
                "metadata: {name: a, namespace: shop}\nspec: {superuserSecret: {name: db}}\n"
            ),
            "shop/db",
            Use.OPERATOR,
        ),
        (
            (
                "apiVersion: v1\nkind: ServiceAccount\n"
                "metadata: {name: a, namespace: shop}\nsecrets: [{name: db}]\n"
            ),
            "shop/db",
            Use.ACCOUNT,
        ),
    ],
)
def test_other_kinds_that_ask(look: Look, text: str, key: str, use: Use) -> None:
    (found,) = asked(look, text)
    assert (found.key, found.use) == (key, use)


@pytest.mark.parametrize(
    "spec",
    [
        _CONTAINER.format("env: [{name: SECRET_NAME, value: db}]"),
        _CONTAINER.format("env: [{name: A, valueFrom: {configMapKeyRef: {name: db, key: k}}}]"),
        "volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]",
        "volumes: [{name: v, configMap: {name: db}}]",
        "volumes: [{name: v, ephemeral: {volumeClaimTemplate: {}}}]",
        "volumes: 7, imagePullSecrets: [db], containers: {name: web}",
    ],
)
def test_what_is_no_reference(look: Look, spec: str) -> None:
    assert asked(look, _pod(spec)) == []


def test_optional_is_read(look: Look) -> None:
    (found,) = asked(
        look, _pod("volumes: [{name: v, secret: {secretName: db, optional: true}}]")
    )
    assert found.optional


def _reference(use: Use, user: str = "") -> Reference:
    source = Source("x.yaml")
    owner = WrittenObject("Pod", "v1", "shop", "web", {}, source)
    return Reference(owner, "shop", "db", use, source, user=user)


def test_the_symptoms_are_the_kubelets() -> None:
    assert _reference(Use.ENVIRONMENT).symptom == (
        'CreateContainerConfigError: secret "db" not found'
    )
    assert _reference(Use.VOLUME, 'volume "v"').symptom == (
        'FailedMount: MountVolume.SetUp failed for volume "v" : secret "db" not found'
    )
    assert _reference(Use.PULL).symptom == (
        "FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (db); "
        "attempting to pull the image may not succeed."
    )
    assert _reference(Use.ENVIRONMENT).symptom_of_key("k") == (
        "CreateContainerConfigError: couldn't find key k in Secret shop/db"
    )
    assert "references non-existent secret key: k" in _reference(Use.VOLUME).symptom_of_key("k")
