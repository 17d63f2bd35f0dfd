"""What makes a Secret, in which namespace, under which name, with which keys."""

from collections.abc import Callable

import pytest

from netsim.audit.secret_producers import (
    AssumedSecretError,
    Producer,
    assumed_secret,
    producers,
)
from netsim.lint.context import Context

Look = Callable[[str], Context]
_META = "metadata: {name: db, namespace: shop}\n"


def made(look: Look, text: str) -> dict[str, Producer]:
    context = look(text)
    return {item.key: item for item in producers(context.objects, context.snapshot)}


def test_a_secret_has_the_keys_of_both_maps(look: Look) -> None:
    text = f"apiVersion: v1\nkind: Secret\n{_META}data: {{a: eA==}}\nstringData: {{b: x}}\n"
    assert made(look, text)["shop/db"].keys == frozenset({"a", "b"})


def test_a_sealed_secret_is_where_it_stands_whatever_its_template_says(look: Look) -> None:
    text = (
        f"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n{_META}"
        "spec: {encryptedData: {a: Ag==}, template: "
        "{metadata: {name: other, namespace: there}, data: {b: x}}}\n"
    )
    assert list(made(look, text)) == ["shop/db"]
    assert made(look, text)["shop/db"].keys == frozenset({"a", "b"})


@pytest.mark.parametrize(
    ("spec", "key", "keys"),
    [
        ("data: [{secretKey: a}]", "shop/db", {"a"}),
        ("target: {name: other}, data: [{secretKey: a}]", "shop/other", {"a"}),
        ("dataFrom: [{extract: {key: x}}]", "shop/db", None),
        ("target: {template: {data: {b: x}}}, data: [{secretKey: a}]", "shop/db", {"b"}),
        (
            "target: {template: {data: {b: x}, mergePolicy: Merge}}, data: [{secretKey: a}]",
            "shop/db",
            {"a", "b"},
        ),
    ],
)
def test_external_secrets(look: Look, spec: str, key: str, keys: set[str] | None) -> None:
    text = (
        f"apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n{_META}spec: {{{spec}}}\n"
    )
    assert made(look, text)[key].keys == keys


def test_an_external_secret_may_make_none(look: Look) -> None:
    spec = "spec: {target: {creationPolicy: None}, data: [{secretKey: a}]}\n"
    text = f"apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n{_META}{spec}"
    assert made(look, text.replace("None", "'None'")) == {}


@pytest.mark.parametrize(
    ("chosen", "where"),
    [
        ("namespaceSelector: {matchLabels: {team: a}}", ["shop/db"]),
        (
            "namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}",
            ["bank/db"],
        ),
        (
            "namespaceSelectors: [{matchExpressions: [{key: team, operator: Exists}]}]",
            ["shop/db"],
        ),
        ("namespaceSelector: {}", ["bank/db", "shop/db"]),
        ("namespaces: [bank, nowhere]", ["bank/db"]),
        ("namespaceSelector: {matchExpressions: [{key: team, operator: Is}]}", []),
        ("namespaceSelector: null", []),
    ],
)
def test_a_cluster_external_secret_makes_one_in_each_namespace_it_selects(
    chosen: str, where: list[str], look: Look
) -> None:
    text = (
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n---\n"
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: bank}\n---\n"
        "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\n"
        f"metadata: {{name: db}}\nspec:\n  {chosen}\n"
        "  externalSecretSpec: {data: [{secretKey: a}]}\n"
    )
    assert sorted(made(look, text)) == where


def test_cert_manager_makes_what_certificates_and_annotations_ask_for(look: Look) -> None:
    certificate = (
        f"apiVersion: cert-manager.io/v1\nkind: Certificate\n{_META}spec: {{secretName: tls}}\n"
    )
    ingress = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, namespace: shop"
        "%s}\nspec: {tls: [{secretName: web}]}\n"
    )
    noted = ", annotations: {cert-manager.io/cluster-issuer: ca}"
    assert made(look, certificate)["shop/tls"].keys == frozenset(
        {"tls.crt", "tls.key", "ca.crt"}
    )
    assert list(made(look, ingress % noted)) == ["shop/web"]
    assert made(look, ingress % "") == {}


_POSTGRESQL = (
    f"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n{_META}spec: {{instances: 1, %s}}\n"
)


def test_cloudnative_pg_makes_the_superusers_secret_only_where_it_is_asked_for(
    look: Look,
) -> None:
    usual = {"shop/db-app", "shop/db-ca", "shop/db-server", "shop/db-replication"}
    assert set(made(look, _POSTGRESQL % "")) == usual
    asked = made(look, _POSTGRESQL % "enableSuperuserAccess: true")
    assert set(asked) == usual | {"shop/db-superuser"}
    assert "password" in (asked["shop/db-superuser"].keys or ())
    own = _POSTGRESQL % "bootstrap: {initdb: {secret: {name: own}}}"
    assert "shop/db-app" not in made(look, own)


def test_another_kind_named_cluster_makes_nothing(look: Look) -> None:
    assert (
        made(look, (_POSTGRESQL % "").replace("postgresql.cnpg.io", "cluster.x-k8s.io")) == {}
    )


def test_an_assumed_secret_has_the_keys_that_are_given() -> None:
    assert assumed_secret("shop/db:a,b").value == {"keys": ["a", "b"]}
    for text in ("db", "shop/", "shop/db:", "Shop/db", "shop/d_b"):
        with pytest.raises(AssumedSecretError, match="NAMESPACE/NAME"):
            assumed_secret(text)
