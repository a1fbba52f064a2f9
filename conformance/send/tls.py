"""TLS beyond the usual: an authority of the user's own, and a certificate that we show."""

import ssl

from conformance.targets.auth import Tls
from conformance.wire.verdict import UsageError


def add(context: ssl.SSLContext, tls: Tls) -> ssl.SSLContext:
    """Return a context that trusts and shows what a target asks for. Raises `UsageError` that names the file."""
    file = tls.ca_file
    try:
        if tls.ca_file:
            context.load_verify_locations(cafile=tls.ca_file)
        file = tls.client_cert
        if tls.client_cert:
            # Without a password of its own OpenSSL would ask for one at the terminal.
            context.load_cert_chain(tls.client_cert, tls.client_key, password="")
    except (OSError, ValueError) as error:  # `ssl.SSLError` is an `OSError`
        reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
        raise UsageError(f"{file}: cannot be used as PEM for TLS: {reason}") from None
    return context


def refuse_unusable(tls: Tls) -> None:
    """Raise `UsageError` for files that cannot be used, before anything is sent."""
    add(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), tls)
