"""A certificate authority that lives for one run, and a server certificate for whatever host is asked for."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

from botocore.httpsession import get_cert_path
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LIFE = datetime.timedelta(days=1)


class Authority:
    """Signs certificates with a key of its own; everything it writes is in the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "benchmark")])
        certificate = self._signed(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))
        self.bundle = folder / "bundle.pem"
        # As many certificates as a client really loads: reading them is a large part of a handshake's price.
        usual = Path(get_cert_path(True)).read_bytes()
        self.bundle.write_bytes(usual + certificate.public_bytes(serialization.Encoding.PEM))
        self._server_key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self) -> ssl.SSLContext:
        """What a server needs to answer under any name."""
        context = self._of("localhost")

        def choose(connection: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
            if host:
                connection.context = self._of(host)

        context.sni_callback = choose
        return context

    def _of(self, host: str) -> ssl.SSLContext:
        pattern = "*." + host.partition(".")[2] if host.count(".") > 1 else host
        if pattern not in self._contexts:
            names = x509.SubjectAlternativeName([x509.DNSName(pattern)])
            subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "canned answers")])
            certificate = self._signed(
                subject, self._server_key, x509.BasicConstraints(ca=False, path_length=None), names
            )
            pair = self._folder / f"server-{len(self._contexts)}.pem"
            private = self._server_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            pair.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pair)
            self._contexts[pattern] = context
        return self._contexts[pattern]

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - LIFE)
            .not_valid_after(now + LIFE)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self._key, hashes.SHA256())
