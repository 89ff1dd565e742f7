"""A certificate authority of the tests' own, and a server's certificate for every host that a channel speaks to."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HOSTS = (
    "hooks.slack.com",
    "flows.example.com",
    "chat.googleapis.com",
    "api.chatwork.com",
    "auth.worksmobile.com",
    "www.worksapis.com",
    "api.line.me",
    "hooks.example.jp",
    "smtp.example.jp",
    "localhost",
)


@dataclass(frozen=True, slots=True)
class Pki:
    """What both ends need.

    Attributes:
        server: with the certificate and its key.
        trusting: trusts this authority and no other.
        authority: the file with the authority's certificate.
    """

    server: ssl.SSLContext
    trusting: ssl.SSLContext
    authority: Path


def make_pki(directory: Path) -> Pki:
    """Make an authority and a certificate of it for `HOSTS`."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
    authority = (
        _begun(issuer, issuer, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority_key, SHA256())
    )
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in HOSTS]
    names.append(x509.IPAddress(ipaddress.ip_address("203.0.113.9")))
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test server")])
    certificate = (
        _begun(subject, issuer, authority_key, key)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority_key, SHA256())
    )
    chain, key_file, ca_file = directory / "server.pem", directory / "server.key", directory / "ca.pem"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    ca_file.write_bytes(authority.public_bytes(Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(chain, key_file)
    return Pki(server, ssl.create_default_context(cafile=str(ca_file)), ca_file)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key((key or issuer_key).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key((key or issuer_key).public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
