import re
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from netsim.errors import ManifestError
from netsim.load import Loaded, snapshot_from_objects
from netsim.load.validation import is_dns_label, is_subdomain, parse_address, parse_cidr

CASES = yaml.safe_load((Path(__file__).parent / "validation_cases.yaml").read_text())


def loaded(spec: object, metadata: object = None) -> Loaded:
    return snapshot_from_objects(
        [
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": metadata or {"name": "p", "namespace": "d"},
                "spec": spec,
            }
        ]
    )


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["rule"]))
def test_the_api_servers_verdict_is_netsims(case: dict[str, Any]) -> None:
    found = loaded(case["spec"], case.get("metadata"))
    errors = {error.source.path: error for error in found.errors}
    assert all(isinstance(error, ManifestError) and error.problem for error in errors.values())
    kinds = {
        path: error.kind for path, error in errors.items() if isinstance(error, ManifestError)
    }
    assert kinds == case.get("errors", {})
    assert len(found.snapshot.policies) == (0 if kinds else 1)
    rules = {error.rule for error in found.errors if isinstance(error, ManifestError)}
    assert case["rule"] == "all" or rules <= set(case["rule"].split())
    if case.get("warning"):
        assert [item.rule for item in found.findings if item.rule == "cidr-not-canonical"]


@pytest.mark.parametrize("case", CASES["decode_errors"], ids=lambda case: str(case["why"]))
def test_what_does_not_decode_is_an_error(case: dict[str, Any]) -> None:
    found = loaded(case["spec"])
    assert found.errors
    assert found.snapshot.policies == ()


def test_the_table_is_whole() -> None:
    assert len(CASES["cases"]) == 117
    assert len(CASES["decode_errors"]) == 12


def test_all_faults_of_a_policy_are_told_at_once() -> None:
    spec = {
        "policyTypes": ["x"],
        "podSelector": {"matchLabels": {"=": "1"}},
        "ingress": [{"ports": [{"port": 0}], "from": [{}]}],
    }
    assert len(loaded(spec).errors) == 4


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"podSelctor": {}}, "did you mean 'podSelector'"),
        ({"podSelector": {"matchLabels": {"a": 1}}}, "put it in quotes"),
        ({"ingress": [{"ports": [{"protocol": "tcp"}]}]}, "write TCP"),
        ({"ingress": [{"ports": [{"port": "80"}]}]}, "number without quotes"),
        ({"ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.1"}}]}]}, "10.0.0.0/8"),
        (
            {"podSelector": {"matchExpressions": [{"key": "a", "operator": "in"}]}},
            "use In, NotIn",
        ),
    ],
)
def test_a_fault_says_what_would_be_right(spec: object, words: str) -> None:
    assert words in str(loaded(spec).errors[0])


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("010.0.0.0/08", "10.0.0.0/8"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::FFFF:0:0/96", "0.0.0.0/0"),
        ("FD00:0::1/8", "fd00::/8"),
        ("fe80::1%eth0/64", None),
        ("10.0.0.0/8/8", None),
        ("10.0.0.0/+8", None),
        (" 10.0.0.0/8", None),
        ("10.0.0.0/255.0.0.0", None),
        ("/8", None),
    ],
)
def test_a_cidr_means_the_network_that_the_api_server_takes_it_for(
    text: str, network: str | None
) -> None:
    found = parse_cidr(text)
    assert (None if found is None else str(found)) == network


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.010", "10.0.0.10"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("fe80::1%eth0", None),
        ("10.0.0", None),
        ("", None),
    ],
)
def test_an_address_is_read_leniently_but_without_a_zone(
    text: str, address: str | None
) -> None:
    found = parse_address(text)
    assert (None if found is None else str(found)) == address


@given(
    st.text("0123456789.", max_size=18)
    | st.text("0129.:%afx \0\u00b2\u0661\ud800", max_size=18)
)
@example("1.2.3.4")
@example("255.255.255.256")
@example("1.2.3.4\n")
@example("1.2.3.\u0664")
@example("0x1.2.3.4")
@example("0000000000001.2.3.4")
def test_what_has_no_colon_is_an_address_when_it_is_four_octets(text: str) -> None:
    octets = re.fullmatch(r"([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)", text)
    numbers = [int(octet) for octet in octets.groups()] if octets else []
    wanted = IPv4Address(bytes(numbers)) if numbers and max(numbers) < 256 else None
    if ":" not in text:
        assert parse_address(text) == wanted


@given(
    st.text("01afg:%", max_size=12)
    | st.lists(st.sampled_from(["", "0", "00ab", "00001", "ffff", "1.2.3.4", "1.2"])).map(
        ":".join
    )
)
@example("1:2:3:4:5:6:7::")
@example("::2:3:4:5:6:7:8")
@example("1::2::3")
@example("::ffff:1.2.3.4")
def test_what_has_a_colon_is_the_address_that_python_reads(text: str) -> None:
    try:
        wanted = IPv6Address(text)
    except ValueError:
        wanted = None
    if ":" in text and "%" not in text:
        mapped = wanted.ipv4_mapped if wanted is not None else None
        assert parse_address(text) == (mapped or wanted)


@given(st.text("ab09-.\n", max_size=9))
@example("a--b")
@example("a.-b")
@example("a-.b")
def test_a_name_is_labels_with_dots_between(text: str) -> None:
    labels = text.split(".")
    sound = [set(label) <= set("ab09-") and label.strip("-") == label != "" for label in labels]
    assert is_subdomain(text) == all(sound)
    assert is_dns_label(text) == (sound == [True])


def test_annotations_are_limited() -> None:
    metadata = {"name": "p", "namespace": "d", "annotations": {"a": "x" * (256 * 1024)}}
    (error,) = loaded({}, metadata).errors
    assert isinstance(error, ManifestError)
    assert error.kind == "TooLong"
    bad = {"name": "p", "namespace": "d", "annotations": {"a b": ""}}
    assert "metadata.annotations" in str(loaded({}, bad).errors[0])
