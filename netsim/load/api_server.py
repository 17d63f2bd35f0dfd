"""Where the API server listens, as the endpoints of the Service `default/kubernetes` say."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from netsim.load.kinds import Manifest
from netsim.model.networks import Address

_SERVICE = "kubernetes"


def api_server_addresses(manifest: Manifest) -> list[Address]:
    """The addresses in an Endpoints or EndpointSlice of that Service; else none."""
    return [address for text in _texts(manifest) for address in _address(text)]


def _texts(manifest: Manifest) -> Iterator[object]:
    metadata = _mapping(manifest.value.get("metadata"))
    if metadata.get("namespace") != "default":
        return
    if manifest.kind == "Endpoints" and metadata.get("name") == _SERVICE:
        for subset in _mappings(manifest.value.get("subsets")):
            for item in _mappings(subset.get("addresses")):
                yield item.get("ip")
    elif manifest.kind == "EndpointSlice":
        labels = _mapping(metadata.get("labels"))
        if labels.get("kubernetes.io/service-name") == _SERVICE:
            for item in _mappings(manifest.value.get("endpoints")):
                addresses = item.get("addresses")
                yield from addresses if isinstance(addresses, list) else ()


def _address(text: object) -> Iterator[Address]:
    if isinstance(text, str):
        try:
            yield ip_address(text)
        except ValueError:
            return


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    for item in value if isinstance(value, list) else ():
        yield _mapping(item)
