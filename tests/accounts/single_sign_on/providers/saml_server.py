"""A SAML identity provider of its own, in its own process: pysaml2, keys made as it starts. `python saml_server.py
FOLDER` prints its address once it can be asked.

`/metadata` describes it; `/trust` is posted ours; `/sso` answers a request for the person of `person`, as a page with
the form that a browser would send on: here as JSON. `fault` says what is wrong with the answer.
"""

from __future__ import annotations

import base64
import json
import sys
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAME_FORMAT_BASIC, NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.sigver import pre_signature_part

PEOPLE = {
    "anna": ("anna@harbour.example", "Anna Peeters", ["IT Admins"]),
    "bart": ("bart@harbour.example", "Bart Claes", ["Buyers", "Everybody"]),
}
MINUTES = {"late": -20, "early": 20, "skewed": 0}


def make_key(folder: Path, name: str) -> tuple[str, str]:
    """Files with a key and the certificate that it signed itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    key_file, certificate_file = folder / f"{name}.key", folder / f"{name}.pem"
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    certificate_file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return str(key_file), str(certificate_file)


class Provider:
    def __init__(self, folder: Path) -> None:
        self.folder, self.address = folder, ""
        self.keys = {name: make_key(folder, name) for name in ("now", "next")}
        self.served: dict[str, Server] = {}
        self.trusted = b""

    def config(self, key: str) -> IdPConfig:
        sso = [(f"{self.address}/sso", BINDING_HTTP_REDIRECT)]
        slo = [(f"{self.address}/slo", BINDING_HTTP_REDIRECT)]
        files = list(self.folder.glob("sp-*.xml"))
        return IdPConfig().load(
            {
                "entityid": f"{self.address}/metadata",
                "xmlsec_binary": "/usr/bin/xmlsec1",
                "key_file": self.keys[key][0],
                "cert_file": self.keys[key][1],
                "allow_unknown_attributes": True,
                "metadata": {"local": [str(one) for one in files]} if files else {},
                "service": {
                    "idp": {
                        "endpoints": {"single_sign_on_service": sso, "single_logout_service": slo},
                        "want_authn_requests_signed": False,
                        "policy": {"default": {"name_form": NAME_FORMAT_BASIC, "attribute_restrictions": None}},
                    }
                },
            }
        )

    @cached_property
    def metadata(self) -> str:
        return str(entity_descriptor(self.config("now")))

    def trust(self, xml: bytes) -> None:
        """Once for the same: it takes its time."""
        if self.trusted == xml:
            return
        self.trusted = xml
        (self.folder / "sp-1.xml").write_bytes(xml)
        self.served = {name: Server(config=self.config(name)) for name in self.keys}

    def answer(self, query: dict[str, str]) -> dict[str, str]:
        fault, person = query.get("fault", ""), query["person"]
        server = self.served["next" if fault == "next-key" else "now"]
        asked = server.parse_authn_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT).message
        email, name, groups = PEOPLE[person]
        about = server.response_args(asked)
        args = {name: about[name] for name in ("in_response_to", "sp_entity_id", "destination")}
        made = server.create_authn_response(
            {"email": email, "name": name, "groups": groups},
            userid=person,
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=f"{person}-at-the-provider"),
            authn={"class_ref": PASSWORDPROTECTEDTRANSPORT},
            sign_assertion=False,
            sign_response=False,
            sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
            **args,
        )
        return {"SAMLResponse": self.signed(server, made, fault), "RelayState": query.get("RelayState", "")}

    def signed(self, server: Server, response: Any, fault: str) -> str:
        assertion = response.assertion
        break_it(response, assertion, fault)
        wanted = [] if fault == "unsigned" else [response if fault == "only-response-signed" else assertion]
        signing = []
        for part in wanted:
            part.signature = pre_signature_part(
                part.id,
                server.sec.my_cert,
                1,
                sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
            )
            signing.append(part)
        text = str(response)
        for part in signing:
            kind = f"{part.c_namespace}:{part.c_tag}"
            text = server.sec.sign_statement(text, node_name=kind, node_id=part.id)
        if fault == "altered":
            text = text.replace("anna@harbour.example", "boss@harbour.example")
        return base64.b64encode(text.encode()).decode()


def break_it(response: Any, assertion: Any, fault: str) -> None:
    conditions = assertion.conditions
    confirmation = assertion.subject.subject_confirmation[0].subject_confirmation_data
    shift = timedelta(minutes=MINUTES.get(fault, 0))
    now = datetime.now(UTC).replace(microsecond=0)
    if fault == "skewed":  # their clock is 110 seconds ahead of ours
        shift = timedelta(seconds=110)
    conditions.not_before = stamp(now + shift)
    conditions.not_on_or_after = stamp(now + shift + timedelta(minutes=5))
    confirmation.not_on_or_after = stamp(now + max(shift, timedelta()) + timedelta(minutes=5))
    if fault == "audience":
        conditions.audience_restriction[0].audience[0].text = "https://another.example"
    if fault == "no-audience":
        conditions.audience_restriction = []
    if fault == "issuer":
        assertion.issuer.text = response.issuer.text = "https://another.example"
    if fault == "destination":
        response.destination = "https://another.example/acs"
    if fault == "recipient":
        confirmation.recipient = "https://another.example/acs"
    if fault == "request":
        confirmation.in_response_to = None
    if fault == "unsolicited":
        response.in_response_to = confirmation.in_response_to = None


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Pages(BaseHTTPRequestHandler):
        def log_message(self, *_args: Any) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/metadata":
                self.say(provider.metadata)
            else:
                self.say(json.dumps(provider.answer(query)))

        def do_POST(self) -> None:
            provider.trust(self.rfile.read(int(self.headers["Content-Length"])))
            self.say("")

        def say(self, text: str) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

    return Pages


def main(folder: Path) -> None:
    provider = Provider(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(provider))
    provider.address = f"http://127.0.0.1:{server.server_port}"
    print(provider.address, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
