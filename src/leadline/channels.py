"""The marketing channels that leadline knows, in the one order that every table and array keeps."""

CHANNELS = ("sms", "call", "branch", "trial", "referral")
