"""A real SMTP server with STARTTLS and AUTH, and a certificate of its own."""
import datetime
import email
import email.policy
import ipaddress
import ssl
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .canary import CANARY, keep_secret
from .ports import free_port

USER, PASSWORD = "carillon", keep_secret(f"correct horse of {CANARY}")


@dataclass
class Mail:
    sender: str
    recipients: list
    message: email.message.EmailMessage
    encrypted: bool
    authenticated: bool


def make_certificate(folder):
    """A self-signed certificate for localhost; returns (certificate, key) files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"),
                                         x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=1)).add_extension(names, critical=False)
                   .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                   .sign(key, hashes.SHA256()))
    certificate_file, key_file = folder / "smtp.pem", folder / "smtp.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return certificate_file, key_file


class MailServer:
    """`refusals` maps a recipient to the answers RCPT TO gets, in turn; then it is taken."""

    def __init__(self, folder):
        self.certificate, key = make_certificate(folder)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.mails, self.refusals = [], {}
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), tls_context=tls, require_starttls=True,
                                     auth_required=True, authenticator=self.authenticate, ident="test mail server")
        self.controller.start()
        self.port = self.controller.port

    def close(self):
        self.controller.stop()

    def authenticate(self, server, session, envelope, mechanism, data):
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refusals.get(address):
            return self.refusals[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(Mail(envelope.mail_from, envelope.rcpt_tos, message, session.ssl is not None,
                               bool(session.authenticated)))
        return "250 2.0.0 Ok: queued as 4711"

    def to(self, address):
        return [mail for mail in self.mails if address in mail.recipients]
