"""A certificate authority of one test run, and certificates that it signs."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Files(NamedTuple):
    """Where a server finds its own certificate, and a client whom to trust."""

    authority: Path
    certificate: Path
    key: Path


def make(folder: Path, name: str = "127.0.0.1", days: int = 1) -> Files:
    """An authority, and a server's certificate that ends in so many days, or ended before."""
    now = datetime.now(UTC)  # noqa: TID251 -- TLS looks at the machine's own clock
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
    own_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins, ends = now - timedelta(days=9), now + timedelta(days=days)

    def signed(
        subject: x509.Name,
        public: ec.EllipticCurvePublicKey,
        *more: tuple[x509.ExtensionType, bool],
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )
        for extension, critical in more:
            builder = builder.add_extension(extension, critical)
        return builder.sign(root_key, hashes.SHA256())

    authority = signed(
        root_name, root_key.public_key(), (x509.BasicConstraints(ca=True, path_length=0), True)
    )
    names: x509.GeneralName = (
        x509.IPAddress(IPv4Address(name)) if name[0].isdigit() else x509.DNSName(name)
    )
    own = signed(own_name, key.public_key(), (x509.SubjectAlternativeName([names]), False))
    files = Files(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    files.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    files.certificate.write_bytes(own.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files
