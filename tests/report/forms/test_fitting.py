"""Text on slides stays in its box."""

import pytest

from leadline.report.forms.fitting import count_lines, cut_to_fit, find_size, measure_height, split_to_fit

CHINESE = "名单上的客户"


def test_chinese_takes_the_width_of_its_size() -> None:
    assert count_lines("客" * 36, width=5.0, size=10) == 1  # 5 inches are 360 points
    assert count_lines("客" * 37, width=5.0, size=10) == 2


def test_a_sign_that_may_not_begin_a_line_takes_its_letter_along() -> None:
    assert count_lines("客" * 36 + "。", width=5.0, size=10) == 2
    assert count_lines("客" * 72 + "。", width=5.0, size=10) == 3


def test_western_lines_break_between_words() -> None:
    word = "M" * 10  # 86 points wide at 10 points
    assert count_lines(f"{word} {word}", width=2.0, size=10) == 2
    assert count_lines(f"{word} {word}", width=3.0, size=10) == 1


def test_a_word_longer_than_a_line_goes_on_in_the_next() -> None:
    assert count_lines("M" * 100, width=2.0, size=10) == pytest.approx(6, abs=1)


def test_bold_letters_are_wider() -> None:
    assert count_lines("m" * 300, width=5.0, size=12, bold=True) > count_lines("m" * 300, width=5.0, size=12)


def test_the_largest_size_that_fits_is_found() -> None:
    text = CHINESE * 20
    size = find_size([text], 5.0, 1.0, (40, 30, 20, 10))
    assert size == 10
    assert measure_height([text], 5.0, 10) <= 1.0 < measure_height([text], 5.0, 20)
    assert find_size([text], 5.0, 0.1, (40, 10)) is None


@pytest.mark.parametrize("text", [CHINESE * 100, "customers on the list " * 80, "x" * 2000])
def test_what_is_cut_fits_just_so(text: str) -> None:
    kept = cut_to_fit(text, 4.0, 1.0, 12)
    assert kept.endswith("…")
    assert text.startswith(kept[:-1])
    assert measure_height([kept], 4.0, 12) <= 1.0
    assert measure_height([text[: len(kept) + 40]], 4.0, 12) > 1.0


def test_a_text_with_room_is_left_as_it_is() -> None:
    assert cut_to_fit("short", 4.0, 1.0, 12) == "short"


def test_a_long_list_goes_on_in_further_boxes_and_loses_nothing() -> None:
    texts = [f"{number}: {'customers on the list ' * 8}".strip() for number in range(30)]
    boxes = split_to_fit(texts, 8.0, 2.0, 14)
    assert [text for box in boxes for text in box] == texts
    assert 3 < len(boxes) < 30
    assert all(measure_height(box, 8.0, 14) <= 2.0 for box in boxes)
