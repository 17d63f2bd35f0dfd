"""Labels and selectors over two keys and two values, so that they meet."""

from collections.abc import Sequence

from hypothesis import strategies as st

from netsim.model.labels import EVERYTHING, Labels, LabelSelector, Operator, Requirement

KEYS = ("app", "tier")
VALUES = ("a", "b")


def labels(
    *, keys: Sequence[str] = KEYS, values: Sequence[str] = VALUES
) -> st.SearchStrategy[Labels]:
    """Each key is missing, has one of the values, or is empty."""
    value = st.sampled_from((*values, ""))
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, value)).map(Labels)


def selectors(
    *, keys: Sequence[str] = KEYS, values: Sequence[str] = VALUES
) -> st.SearchStrategy[LabelSelector]:
    """Up to two requirements of all four operators; nearly half of them are empty."""
    key = st.sampled_from(keys)
    value = st.sampled_from((*values, ""))
    valued = st.builds(
        lambda key, operator, values: Requirement(key, operator, tuple(sorted(values))),
        key,
        st.sampled_from((Operator.IN, Operator.NOT_IN)),
        st.sets(value, min_size=1, max_size=2),
    )
    bare = st.builds(
        Requirement, key, st.sampled_from((Operator.EXISTS, Operator.DOES_NOT_EXIST))
    )
    several = st.sets(valued | bare, min_size=1, max_size=2)
    return st.just(EVERYTHING) | several.map(lambda found: LabelSelector(tuple(sorted(found))))
