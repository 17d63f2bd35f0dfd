from netsim.compiler.programs import Cell, cells_of, programs_of
from netsim.compiler.rules import Action, CompiledRule, Tier
from netsim.compiler.sets import ClassSet, SetTable
from netsim.model.policy import Direction, PolicyRef, RuleRef
from netsim.model.ports import ALL_PORTS, PortSet
from tests.compiler.building import tcp

SETS = SetTable()
EVERYONE = SETS.number(ClassSet.shifted(0b1111, 0))
REF = RuleRef(PolicyRef("Policy", "", "p"), Direction.INGRESS, 0)
ACCEPT, DENY, PASS = Action.ACCEPT, Action.DENY, Action.PASS
HIGH = PortSet.of(tcp(5, 9))


def _rule(
    action: Action,
    peers: int = 0b1111,
    ports: PortSet = ALL_PORTS,
    *,
    tier: Tier = Tier.NETWORK_POLICY,
    subjects: int = 0b1,
) -> CompiledRule:
    return CompiledRule(
        tier=tier,
        order=0 if action is ACCEPT else 1,
        direction=Direction.INGRESS,
        subjects=SETS.number(ClassSet.shifted(subjects, 0)),
        peers=SETS.number(ClassSet.shifted(peers, 0)),
        ports=ports,
        action=action,
        ref=REF,
    )


def _shown(*rules: CompiledRule) -> dict[str, str]:
    """Peers as bits to the ports that get through."""
    cells = cells_of(rules, EVERYONE, SETS)
    return {f"{cell.peers.bits:04b}": str(cell.ports) for cell in cells}


def test_without_rules_everyone_gets_through_on_all_ports() -> None:
    assert cells_of((), EVERYONE, SETS) == (Cell(SETS[EVERYONE], ALL_PORTS),)


def test_a_denial_alone_closes_everything() -> None:
    assert _shown(_rule(DENY)) == {"1111": "none"}


def test_cells_part_peers_that_are_treated_differently() -> None:
    assert _shown(_rule(ACCEPT, 0b0011, HIGH), _rule(ACCEPT, 0b0001), _rule(DENY)) == {
        "0001": "all",
        "0010": "5-9/TCP",
        "1100": "none",
    }


def test_peers_with_the_same_ports_share_a_cell() -> None:
    assert _shown(_rule(ACCEPT, 0b0001, HIGH), _rule(ACCEPT, 0b1000, HIGH), _rule(DENY)) == {
        "1001": "5-9/TCP",
        "0110": "none",
    }


def test_the_first_rule_that_matches_decides() -> None:
    later = _rule(ACCEPT, 0b1111, PortSet.of(tcp(1, 5)))
    assert _shown(_rule(DENY, 0b0001, HIGH), later, _rule(DENY)) == {
        "0001": "1-4/TCP",
        "1110": "1-5/TCP",
    }


def test_a_passed_port_is_left_to_the_next_tier() -> None:
    admin = _rule(PASS, 0b0001, HIGH, tier=Tier.ADMIN), _rule(DENY, tier=Tier.ADMIN)
    below = _rule(ACCEPT, ports=PortSet.of(tcp(9, 12))), _rule(DENY)
    assert _shown(*admin, *below) == {"0001": "9/TCP", "1110": "none"}


def test_past_the_last_tier_what_was_passed_or_not_decided_is_accepted() -> None:
    one = PortSet.of(tcp(1))
    assert _shown(_rule(PASS, 0b0001, HIGH), _rule(DENY, 0b1111, HIGH | one)) == {
        "0001": "2-65535/TCP, all/UDP, all/SCTP",
        "1110": "2-4,10-65535/TCP, all/UDP, all/SCTP",
    }


def test_programs_keep_the_order_of_rules_and_are_shared() -> None:
    deny = _rule(DENY, subjects=0b0111)
    accept = _rule(ACCEPT, subjects=0b0011)
    admin = _rule(DENY, tier=Tier.ADMIN, subjects=0b0100)
    first, second, third, fourth = programs_of([deny, accept, admin], 4, SETS)
    assert first == (accept, deny)
    assert first is second
    assert third == (admin, deny)
    assert fourth == ()
