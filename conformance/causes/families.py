"""
Families: causes that are one, as is seen only when they are laid side by side.

Each rule takes all causes of a target and says which of them are one edit, and what in the bytes proves it. What a rule
takes together is named in its sentence, and stays listed with its cause.
"""

from collections.abc import Callable, Iterator

from conformance.causes import family_keys, family_parameters, family_routes
from conformance.causes.family import KNOWN, Family, Groups, Members
from conformance.causes.world import World

Rule = Callable[[Groups, World], Iterator[Family]]
RULES: tuple[Rule, ...] = (*family_parameters.RULES, *family_keys.RULES, *family_routes.RULES)


def together(groups: dict[str, Members], world: World) -> dict[str, Members]:
    """Return the groups, those of one family as one."""
    for rule in RULES:
        for family in list(rule(groups, world)):
            taken = [name for name in dict.fromkeys(family.names) if name in groups]
            if len(taken) < 2:
                continue
            end = KNOWN if taken[0].endswith(KNOWN) else ""
            members = [(family.root, atom) for name in taken for _, atom in groups.pop(name)]
            groups.setdefault(f"{family.root.group}{end}", []).extend(members)
    return groups
