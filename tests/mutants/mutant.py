"""What a mutant is: a wrong reading of Kubernetes, as a patch to the package."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: in a module, one text that must stand there once, and what replaces it."""

    title: str
    module: str
    old: str
    new: str


BOTH_ENDS = (
    "_accepted(self._program(Direction.EGRESS, source), target, position)\n"
    "            and _accepted(self._program(Direction.INGRESS, target), source, position)"
)
"""The line of the evaluator that several mutants spoil."""
