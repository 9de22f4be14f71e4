"""Telling people how a scheduled report ended: webhooks, mail, and files in a folder."""

from leadline.run.notify.event import Event
from leadline.run.notify.reading import read_targets
from leadline.run.notify.send import notify
from leadline.run.notify.targets import Folder, Mail, Target, Webhook, find_missing_secrets

__all__ = ["Event", "Folder", "Mail", "Target", "Webhook", "find_missing_secrets", "notify", "read_targets"]
