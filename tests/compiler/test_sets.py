from hypothesis import given
from hypothesis import strategies as st

from netsim.compiler.sets import NOBODY, ClassId, ClassSet, SetId, SetTable, union

MEMBERS = st.sets(st.integers(0, 70) | st.integers(0, 400), max_size=12)


@given(MEMBERS, MEMBERS)
def test_sets_obey_the_laws_of_sets(one: set[int], other: set[int]) -> None:
    left, right = ClassSet.of(one), ClassSet.of(other)
    assert list(left) == sorted(one)
    assert len(left) == len(one)
    assert bool(left) is bool(one)
    assert left & right == ClassSet.of(one & other)
    assert left | right == ClassSet.of(one | other)
    assert left.followed_by(right) == ClassSet.of(one | other)
    assert union([left, NOBODY, right, left]) == left | right
    assert all((number in left) is (number in one) for number in range(420))


@given(MEMBERS)
def test_a_set_is_the_same_value_however_it_was_made(members: set[int]) -> None:
    found = ClassSet.of(members)
    assert ClassSet.shifted(sum(1 << number for number in members), 0) == found
    assert found.bits == sum(1 << number for number in members)
    assert hash(found) == hash(ClassSet.of(list(members)))


@given(st.integers(0, 1 << 90), st.integers(0, 100))
def test_bits_may_start_anywhere(bits: int, start: int) -> None:
    expected = {start + place for place in range(91) if bits >> place & 1}
    assert set(ClassSet.shifted(bits, start)) == expected


@given(MEMBERS, st.integers(0, 420), st.integers(0, 120))
def test_a_window_holds_every_member_between_its_ends(
    members: set[int], start: int, width: int
) -> None:
    found = ClassSet.of(members).window(start, start + width)
    inside = {start + place for place in range(width) if found >> place & 1}
    assert inside == {number for number in members if start <= number < start + width}


def test_nothing_else_is_a_member() -> None:
    assert "3" not in ClassSet.of([3])
    assert ClassId(-1) not in ClassSet.of([0, 1, 2, 3, 4, 5, 6, 7])


def test_a_table_keeps_each_set_once() -> None:
    table = SetTable()
    assert table.number(NOBODY) == SetId(0)
    assert table.number(ClassSet.of([5])) == table.number(ClassSet.of([5])) == SetId(1)
    assert table.sets == [NOBODY, ClassSet.of([5])]
    assert table[SetId(1)] == ClassSet.of([5])
