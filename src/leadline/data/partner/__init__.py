"""Joining a partner's list without giving numbers away (system E2)."""
