from ipaddress import ip_address

import pytest

from netsim.addresses import NO_BLOCK, address_space
from netsim.model.networks import IPBlock
from tests.compiler.building import block


def _printed(blocks: list[IPBlock], family: int) -> list[str]:
    return [f"{span.first}-{span.last}" for span, _ in address_space(blocks).ranges(family)]


def test_without_blocks_each_family_is_one_range() -> None:
    assert _printed([], 4) == ["0.0.0.0-255.255.255.255"]
    assert _printed([], 6) == ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
    assert address_space([]).signature(ip_address("10.0.0.1")) == NO_BLOCK


def test_a_block_cuts_its_own_family_only() -> None:
    ten = block("10.0.0.0/8")
    assert _printed([ten], 4) == [
        "0.0.0.0-9.255.255.255",
        "10.0.0.0-10.255.255.255",
        "11.0.0.0-255.255.255.255",
    ]
    assert len(_printed([ten], 6)) == 1


def test_a_whole_family_is_one_range_that_the_block_holds() -> None:
    everyone = block("0.0.0.0/0")
    assert _printed([everyone], 4) == ["0.0.0.0-255.255.255.255"]
    assert address_space([everyone]).signature(ip_address("255.255.255.255")) == {everyone}
    assert address_space([everyone]).signature(ip_address("::1")) == NO_BLOCK


@pytest.mark.parametrize(
    ("excepts", "inside"),
    [
        (["10.0.0.0/30"], "4567"),
        (["10.0.0.4/30"], "0123"),
        (["10.0.0.2/31", "10.0.0.0/30"], "4567"),
        (["10.0.0.6/31", "10.0.0.0/31"], "2345"),
        (["10.0.0.0/30", "10.0.0.4/30"], ""),
    ],
)
def test_what_is_excepted_is_outside(excepts: list[str], inside: str) -> None:
    one = block("10.0.0.0/29", *excepts)
    space = address_space([one])
    found = [it for it in range(9) if one in space.signature(ip_address(f"10.0.0.{it}"))]
    assert found == [int(digit) for digit in inside]


def test_an_except_is_local_to_its_block() -> None:
    whole, cut = block("10.0.0.0/29"), block("10.0.0.0/29", "10.0.0.0/30")
    space = address_space([whole, cut])
    assert space.signature(ip_address("10.0.0.1")) == {whole}
    assert space.signature(ip_address("10.0.0.5")) == {whole, cut}
    assert space.blocks == {whole, cut}
