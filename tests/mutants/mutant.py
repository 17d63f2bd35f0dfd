"""What a mutant is: a wrong reading of Kubernetes, as a patch to the package."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: in a module, one text that must stand there once, and what replaces it."""

    title: str
    module: str
    old: str
    new: str
