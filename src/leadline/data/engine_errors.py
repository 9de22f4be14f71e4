"""What an engine's failures mean, in the same words for every engine."""

from leadline.data.raw import shorten, unreadable
from leadline.errors import DataError
from leadline.language import _


def first_line(error: object) -> str:
    """Return the first line of what an engine says, cut short and quoted."""
    return shorten((str(error).strip().splitlines() or [""])[0], 160)


def out_of_memory(place: str, memory_gb: float | None, line: str) -> DataError:
    """Return the error of work that memory, with the temporary folder, did not hold; None is unlimited."""
    headline = (
        _("{place}: memory, with the temporary folder, was not enough", place=place)
        if memory_gb is None
        else _(
            "{place}: {memory_gb} GB of memory, with the temporary folder, were not enough",
            place=place,
            memory_gb=f"{memory_gb:g}",
        )
    )
    return DataError.of(headline, _("{line}. Allow more memory_gb, or fewer threads.", line=line))


def misfit(place: str, line: str) -> DataError:
    """Return the error of a value that cannot be converted or computed with."""
    return DataError.of(
        _("{place}: a value does not fit its column's use", place=place),
        _("{line}. Correct it where the table is made.", line=line),
    )


def damaged(place: str, line: str) -> DataError:
    """Return the error of a table whose rows cannot be read."""
    return unreadable(place, [_("a table is damaged ({line}). Copy or export it again.", line=line)])
