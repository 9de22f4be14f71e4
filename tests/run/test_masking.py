import pytest

from leadline.parameters import SecretValue
from leadline.run.masking import Mask


def test_every_text_is_masked_the_longer_secret_first() -> None:
    document = {"a": ["xx token-1 xx", {"b": "token"}], "n": 3, "token": "key"}
    assert Mask(["token", "token-1"]).apply(document) == {
        "a": ["xx ••• xx", {"b": "•••"}],
        "n": 3,
        "•••": "key",
    }


def test_ordinary_text_is_not_blotted_out_by_a_tiny_secret() -> None:
    assert Mask(["a", ""]).apply("a banana") == "a banana"


def test_secrets_are_found_among_parameters(monkeypatch) -> None:
    monkeypatch.setenv("K", "hunter2")
    assert Mask.of([3, SecretValue("env:K")]).apply("hunter2") == "•••"


@pytest.mark.covers("exports", "secrets_masked")
def test_a_secret_is_masked_however_it_is_written_and_wherever() -> None:
    secret = 'pa&ss<1>"\\n'
    forms = [secret, "pa&amp;ss&lt;1&gt;&quot;\\n", repr(secret), '"pa&ss<1>\\"\\\\n"']
    masked = Mask([secret]).apply({"forms": list(forms), secret: 1})
    assert all("ss" not in form for form in masked["forms"])
    assert "•••" in masked
