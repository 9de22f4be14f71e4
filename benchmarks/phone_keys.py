"""How fast telephone numbers fall to a bare hash on one core; baseline: HMAC with the key at hand.

Both go through Python's hashlib and hmac; a graphics card does a thousand times as much. Printed: numbers a
second, and the time for all numbers of ten prefixes (139…) and for every Chinese mobile number.
"""

import hashlib
import time

import pandas as pd

from leadline.data.partner.phones import key_identifiers
from leadline.shared_key import SharedKey

NUMBERS = 1_000_000
REPEATS = 3
#: 1, a digit from 3 to 9, nine digits more; a prefix is three digits.
ALL_NUMBERS = 7 * 10**9
TEN_PREFIXES = 10 * 10**8
KEY = SharedKey(b"a key for measuring, of 32 bytes and more")


def hash_bare(numbers: list[bytes]) -> None:
    sha256 = hashlib.sha256
    for number in numbers:
        sha256(number).digest()


def rate(work, numbers) -> float:
    seconds = []
    for _ in range(REPEATS):
        before = time.process_time()
        work(numbers)
        seconds.append(time.process_time() - before)
    return len(numbers) / min(seconds)


def main() -> None:
    texts = pd.Series([f"{13_800_000_000 + place}" for place in range(NUMBERS)])
    bare = rate(hash_bare, [text.encode() for text in texts])
    keyed = rate(lambda values: key_identifiers(values, KEY), texts)
    for what, speed in (("bare SHA-256", bare), ("HMAC-SHA-256, key known", keyed)):
        print(
            f"{what}: {speed / 1e6:.2f} million numbers a second; "
            f"ten prefixes in {TEN_PREFIXES / speed / 60:.0f} minutes, "
            f"every Chinese mobile number in {ALL_NUMBERS / speed / 3600:.1f} hours, on one core"
        )
    print(f"ratio {bare / keyed:.2f}: a key that leaks protects no better than none")


if __name__ == "__main__":
    main()
