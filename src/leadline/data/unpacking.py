"""How much a packed file may unpack to: a few bytes must not fill the memory."""

_RATIO_LIMIT = 100
_RATIO_FROM_BYTES = 50 << 20


def unpacked_limit(packed_bytes: int, most_bytes: int) -> int:
    """Return how many bytes a file may unpack to: a hundred times its size (50 MB for a small one).

    Parameters
    ----------
    packed_bytes
        Size of the file.
    most_bytes
        Never more than this.
    """
    return min(most_bytes, max(_RATIO_FROM_BYTES, _RATIO_LIMIT * packed_bytes))
