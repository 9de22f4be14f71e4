"""Which categories of purchases speak of which interest, as a file that an analyst edits."""

from collections.abc import Mapping
from typing import Any

from leadline.errors import ParameterError
from leadline.language import _


def parse_interests(document: Any) -> dict[str, str]:
    """Turn a document (YAML, read by `leadline.plain_yaml.read_yaml`) into category → interest.

    Parameters
    ----------
    document
        ``{"interests": {interest: [category, …], …}}``; a category belongs to one interest.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    listed = document.get("interests") if isinstance(document, Mapping) else None
    if not isinstance(listed, Mapping) or not listed:
        raise ParameterError.of(
            _("The interests cannot be used"),
            _("it has no mapping 'interests:' of names to lists of categories."),
        )
    problems = [
        _("unknown key {key}. Known: interests.", key=repr(key)) for key in document if key != "interests"
    ]
    of_category: dict[str, str] = {}
    for interest, categories in listed.items():
        if (
            not isinstance(categories, list)
            or not categories
            or not all(isinstance(one, str) for one in categories)
        ):
            problems.append(
                _("{interest}: is not a list of categories. List at least one.", interest=interest)
            )
            continue
        for category in categories:
            if category in of_category:
                problems.append(
                    _(
                        "{category}: belongs to {of_category} and to {interest}. Leave it in one.",
                        category=category,
                        of_category=repr(of_category[category]),
                        interest=repr(interest),
                    )
                )
            of_category[category] = str(interest)
    if problems:
        raise ParameterError(_("The interests cannot be used"), problems)
    return of_category
