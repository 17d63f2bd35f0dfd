"""Small manifests, from which the examples of rules are put together."""

from textwrap import dedent, indent


def manifests(*texts: str) -> str:
    """Several objects as one stream of YAML."""
    return "---\n".join(texts)


def pod(key: str, labels: str, ports: str = "", spec: str = "") -> str:
    """A pod with labels as `app: db`, and ports as `{containerPort: 5432}`.

    >>> print(pod("shop/db", "app: db", "{containerPort: 5432}"), end="")
    apiVersion: v1
    kind: Pod
    metadata: {name: db, namespace: shop, labels: {app: db}}
    spec: {containers: [{name: db, image: db, ports: [{containerPort: 5432}]}]}
    """
    namespace, _, name = key.partition("/")
    declared = f", ports: [{ports}]" if ports else ""
    more = f", {spec}" if spec else ""
    return (
        "apiVersion: v1\nkind: Pod\n"
        f"metadata: {{name: {name}, namespace: {namespace}, labels: {{{labels}}}}}\n"
        f"spec: {{containers: [{{name: {name}, image: {name}{declared}}}]{more}}}\n"
    )


def live_pod(key: str, labels: str, address: str) -> str:
    """A running pod whose address is known."""
    return f"{pod(key, labels)}status: {{phase: Running, podIP: {address}}}\n"


def namespace(name: str, labels: str = "") -> str:
    """A namespace with labels as `team: shop`."""
    return (
        f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n"
    )


def service(key: str, selector: str, ports: str) -> str:
    """A Service, with ports as `{port: 80, targetPort: 8080}`."""
    place, _, name = key.partition("/")
    return (
        "apiVersion: v1\nkind: Service\n"
        f"metadata: {{name: {name}, namespace: {place}}}\n"
        f"spec: {{selector: {{{selector}}}, ports: [{ports}]}}\n"
    )


def policy(key: str, spec: str) -> str:
    """A NetworkPolicy; its spec as indented YAML."""
    place, _, name = key.partition("/")
    return (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: {name}, namespace: {place}}}\nspec:\n"
        f"{indent(dedent(spec).strip(), '  ')}\n"
    )
