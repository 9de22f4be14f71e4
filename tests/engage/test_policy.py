import pytest

from leadline.engage import ContactPolicy, parse_policy
from leadline.errors import ParameterError
from leadline.plain_yaml import read_yaml

DOCUMENT = """
consent: required
staff: allowed
minimum_age_years: 21
suitability: required
holders: allowed
quiet_period_days: 14
frequency_cap: {contacts: 3, days: 90}
unknown: {age: allowed, risk_level: barred}
"""


def test_a_document_becomes_a_policy(tmp_path) -> None:
    path = tmp_path / "policy.yml"
    path.write_text(DOCUMENT, "utf-8")
    assert parse_policy(read_yaml(path)) == ContactPolicy(
        staff_barred=False,
        minimum_age_years=21,
        holders_barred=False,
        quiet_period_days=14,
        most_contacts=3,
        window_days=90,
        unknown_age="allowed",
    )


def test_what_is_left_out_keeps_the_strict_default() -> None:
    assert parse_policy({}) == ContactPolicy()
    assert parse_policy({"minimum_age_years": None}).minimum_age_years is None


def test_all_problems_come_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        parse_policy(
            {
                "consnt": "required",
                "consent": "yes",
                "do_not_contact": "allowed",
                "minimum_age_years": "-3",
                "frequency_cap": {"contacts": "3"},
                "unknown": ["age"],
                "quiet_period_days": True,
            }
        )
    text = str(caught.value)
    assert "(7 problems)" in text
    assert "unknown key 'consnt'. Did you mean 'consent'?" in text
    assert "an opt-out always bars" in text
    with pytest.raises(ParameterError, match="not a mapping"):
        parse_policy(["consent"])


def test_the_digest_follows_the_rules_alone() -> None:
    assert ContactPolicy().digest == parse_policy({"consent": "required"}).digest
    assert ContactPolicy().digest != ContactPolicy(quiet_period_days=1).digest
