"""The loop ledger: every list, contact and outcome kept (system V8)."""

from leadline.data.loop.ledger import LoopLedger

__all__ = ["LoopLedger"]
