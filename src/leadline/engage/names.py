"""What a reader calls channels, tiers and obstacles; names that leadline does not know stay as they are."""

from leadline.language import _


def name_channel(channel: object) -> str:
    """Name a channel."""
    names = {
        "none": _("left alone"),
        "sms": _("text message"),
        "call": _("call"),
        "branch": _("branch visit"),
        "trial": _("free trial"),
        "referral": _("friend’s referral"),
    }
    return names.get(str(channel), str(channel))


def name_obstacle(obstacle: object) -> str:
    """Name what keeps a customer from the product."""
    names = {
        "difficulty": _("hard to use"),
        "security": _("doubts about security"),
        "price": _("the price"),
        "pc": _("a PC is preferred"),
        "none": _("no obstacle"),
    }
    return names.get(str(obstacle), str(obstacle))


def name_attribute(attribute: object) -> str:
    """Name an attribute that a survey shares with the customers."""
    names = {"age_band": _("Age"), "city": _("City"), "sex": _("Sex")}
    return names.get(str(attribute), str(attribute))
