"""Why a notice did not arrive."""

import ssl

from leadline.language import _

#: For each answer of a server.
TIMEOUT_SECONDS = 10.0


class DeliveryError(Exception):
    """One try failed; ``again`` says whether another may succeed. The text is for people, without secrets."""

    def __init__(self, message: str, *, again: bool) -> None:
        self.again = again
        super().__init__(message)


def explain(error: Exception) -> DeliveryError:
    """Say what went wrong with a connection, without the error's own text, which may quote an address."""
    if isinstance(error, TimeoutError):
        return DeliveryError(
            _("the server did not answer within {seconds:.0f} s.", seconds=TIMEOUT_SECONDS), again=True
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message
        return DeliveryError(
            _("the server's certificate is not to be trusted: {reason}.", reason=reason), again=False
        )
    reason = getattr(error, "strerror", None) or type(error).__name__
    return DeliveryError(_("there is no connection to the server: {reason}.", reason=reason), again=True)
