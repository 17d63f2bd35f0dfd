"""What a new policy is called, and which pods it selects."""

import re
from collections.abc import Collection, Sequence

from netsim.model.labels import LabelSelector
from netsim.model.workload import Endpoint
from netsim.names import AddressRangeText, EndpointText, SelectedEndpoints, Special
from netsim.query.directory import Directory
from netsim.query.endpoints import selects
from netsim.query.label_space import fresh
from netsim.query.parties import Subject
from netsim.suggest.distinguishing import selectable, telling_pods

_LONGEST = 63


def subject_of(
    text: EndpointText, subjects: Sequence[Endpoint], directory: Directory
) -> LabelSelector:
    """Selects endpoints of one namespace: as it was asked, if all that this means are meant."""
    if isinstance(text, SelectedEndpoints):
        here = selectable(subjects[0].namespace, directory)
        meant = [item for item in here if selects(text.selector, item.labels)]
        if set(meant) == set(subjects):
            return text.selector
    return telling_pods(subjects, directory)


def word_for(text: EndpointText, subjects: Sequence[Subject]) -> str:
    """A few letters that say who is meant."""
    if isinstance(text, Special):
        return text.value
    if isinstance(text, AddressRangeText):
        return str(text.network)
    ends = [item for item in subjects if isinstance(item, Endpoint)]
    for words in ({item.name for item in ends}, {item.namespace for item in ends}):
        if len(words) == 1:
            return words.pop()
    return "pods"


def free_name(
    words: str, namespace: str, directory: Directory, used: Collection[str] = ()
) -> str:
    """A name that no policy of a namespace has (DNS-1123), and none of those in use."""
    taken = {item.name for item in directory.snapshot.policies if item.namespace == namespace}
    word = re.sub(r"[^a-z0-9]+", "-", words.lower())[:_LONGEST].strip("-")
    return fresh(word, taken | set(used))
