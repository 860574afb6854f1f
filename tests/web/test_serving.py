"""Whom it serves and how: what is demanded before another machine is let in, TLS, a proxy."""

import datetime as dt
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPSConnection

import pytest
from proofs.face import called
from starlette.testclient import TestClient

from hilum.errors import InputError
from hilum.store.accounts import Accounts
from hilum.store.opening import opened
from hilum.web.app import application
from hilum.web.door import Serving, checked_serving, door_of
from hilum.web.running import started
from tests.web.test_accounts import GOOD, sign_in, staff  # noqa: F401

PROXY = "https://hilum.hospital.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of localhost that nobody signed, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(tz=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize(
    ("host", "given", "why"),
    [
        ("192.0.2.5", {}, "signs in"),
        ("192.0.2.5", {"unencrypted": True}, "signs in"),
        ("192.0.2.5", {"auth": True}, "--unencrypted"),
        ("0.0.0.0", {"auth": True, "unencrypted": True}, "--name"),
        ("::", {"auth": True, "unencrypted": True}, "--name"),
        ("127.0.0.1", {"names": ("hilum.example",)}, "signs in"),
        ("127.0.0.1", {"names": ("hilum.example",), "auth": True}, "--unencrypted"),
        ("127.0.0.1", {"proxy": PROXY}, "signs in"),
        ("127.0.0.1", {"proxy": "http://hilum.example", "auth": True}, "an origin such as"),
        ("127.0.0.1", {"proxy": f"{PROXY}/path", "auth": True}, "an origin such as"),
        ("127.0.0.1", {"proxy": "https://a@b.example", "auth": True}, "an origin such as"),
        ("127.0.0.1", {"names": ("https://x",), "auth": True}, "without https"),
        ("127.0.0.1", {"names": ("*",), "auth": True}, "without https"),
        ("hilum.example", {"auth": True}, "an address of this machine"),
    ],
)
def test_what_is_demanded(host, given, why):
    with pytest.raises(InputError, match=why):
        checked_serving(Serving(**given), host)


def test_what_is_enough(certificate):
    cert, key = certificate
    tls = {"certificate": cert, "key": key}
    for host, given in (
        ("127.0.0.1", {}),
        ("::1", {"auth": True}),
        ("127.0.0.1", tls),
        ("192.0.2.5", {"auth": True, **tls}),
        ("0.0.0.0", {"auth": True, "names": ("hilum.example",), **tls}),
        ("0.0.0.0", {"auth": True, "names": ("hilum.example",), "unencrypted": True}),
        ("127.0.0.1", {"auth": True, "proxy": PROXY}),
        ("0.0.0.0", {"auth": True, "proxy": PROXY}),
    ):
        checked_serving(Serving(**given), host)
    for wrong in (
        {"certificate": cert},
        {"key": key},
        {"certificate": key, "key": cert},
        {"certificate": cert.with_name("none"), "key": key},
        {"proxy": PROXY, "auth": True, **tls},
    ):
        with pytest.raises(InputError):
            checked_serving(Serving(**wrong), "127.0.0.1")


def test_names_it_answers_to():
    one = door_of(Serving(auth=True, names=("Hilum.Example",), unencrypted=True), "0.0.0.0", 8337)
    assert "hilum.example:8337" in one.names
    assert "hilum.example" not in one.names
    assert "0.0.0.0:8337" not in one.names
    assert one.cookie(8337) == "hilum-8337"
    two = door_of(Serving(auth=True, unencrypted=True), "192.0.2.5", 80)
    assert {"192.0.2.5", "192.0.2.5:80"} <= two.names
    six = door_of(Serving(auth=True, unencrypted=True), "2001:db8::5", 8337)
    assert "[2001:db8::5]:8337" in six.names
    three = door_of(Serving(auth=True, proxy=PROXY), "127.0.0.1", 8337)
    assert three.names == {"hilum.hospital.example", "hilum.hospital.example:443"}
    assert three.secure
    assert three.cookie(8337) == "__Host-hilum"
    assert three.own("hilum-look") == "__Host-hilum-look"


def test_people_sign_in_only_where_somebody_has_an_account(tmp_path):
    with pytest.raises(InputError, match="accounts add"):
        started(tmp_path / "data", "127.0.0.1", 0, "en", serving=Serving(auth=True))


@pytest.fixture
def running(tmp_path, staff, certificate):  # noqa: F811
    """A workbench that answers by HTTPS."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "hilum.db").write_bytes(staff)
    cert, key = certificate
    made = started(
        folder, "127.0.0.1", 0, "en", serving=Serving(auth=True, certificate=cert, key=key)
    )
    server = made.server()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [made.listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    yield made
    server.should_exit = True
    thread.join(10)
    made.desk.cases.engine.dispose()


def test_over_tls(running, certificate):
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    assert running.address == f"https://127.0.0.1:{running.port}/"

    def get(tls):
        connection = HTTPSConnection("localhost", running.port, context=tls, timeout=10)
        try:
            connection.request("GET", "/sign-in")
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    assert get(trusted)[0] == 200
    old = ssl.create_default_context(cafile=str(certificate[0]))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("AES128-SHA:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        get(old)
    with pytest.raises(ssl.SSLError, match="self-signed"):
        get(ssl.create_default_context())
    plain = HTTPConnection("localhost", running.port, timeout=10)
    plain.connect()
    plain.sock.sendall(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert _rest(plain.sock) == b"", "nothing is said without encryption"
    plain.close()


def _rest(sock):
    try:
        return sock.recv(1000)
    except ConnectionError:
        return b""


def test_behind_a_proxy_the_address_is_the_one_it_says(tmp_path, staff):  # noqa: F811
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "hilum.db").write_bytes(staff)
    one = started(folder, "127.0.0.1", 0, "en", serving=Serving(auth=True, proxy=PROXY))
    assert one.address == f"{PROXY}/"
    app = application(one.desk)
    with TestClient(app, base_url=PROXY, follow_redirects=False) as client:
        said = {"origin": PROXY, "x-forwarded-for": "6.6.6.6, 192.0.2.77"}
        wrong = {"name": "clin", "password": "wrong password 1"}
        assert client.post("/sign-in", data=wrong, headers=said).status_code == 403
        for host in ("127.0.0.1", f"127.0.0.1:{one.port}", "hilum.hospital.example:8337"):
            assert client.get("/sign-in", headers={"host": host}).status_code == 421
    assert one.desk.cases.audit()[-1].about == "192.0.2.77", "what a visitor says is not believed"
    one.listening.close()
    one.desk.cases.engine.dispose()


def test_without_a_proxy_no_address_is_believed(tmp_path, staff):  # noqa: F811
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "hilum.db").write_bytes(staff)
    one = started(folder, "127.0.0.1", 0, "en", serving=Serving(auth=True))
    home = f"http://127.0.0.1:{one.port}"
    with TestClient(application(one.desk), base_url=home, follow_redirects=False) as client:
        said = {"origin": home, "x-forwarded-for": "6.6.6.6"}
        client.post("/sign-in", data={"name": "clin", "password": "wrong 1"}, headers=said)
    assert one.desk.cases.audit()[-1].about == "testclient"
    one.listening.close()
    one.desk.cases.engine.dispose()


def test_accounts_from_the_terminal(tmp_path, monkeypatch):
    folder = tmp_path / "data"

    def serve(*words, said=""):
        import io

        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", io.StringIO(said))
            return called("serve", *words, "--data", folder)

    assert (
        serve(
            "accounts", "add", "boss", "--role", "admin", "--lasting", said=f"{GOOD}\n"
        ).returncode
        == 0
    )
    assert serve("accounts", "add", "rea", said=f"{GOOD}\n").returncode == 0
    weak = serve("accounts", "add", "x.y", said="password1234\n")
    assert weak.returncode == 1
    assert "password1234" not in weak.stdout + weak.stderr
    assert serve("accounts", "add", "x.y", "--role", "king", said=f"{GOOD}\n").returncode == 1
    assert serve("accounts", "role", "rea", "clinician").returncode == 0
    listed = serve("accounts", "list").stdout.splitlines()
    assert [one.split("\t")[:2] for one in listed] == [["boss", "admin"], ["rea", "clinician"]]
    assert "next sign-in" in listed[1]
    assert serve("accounts", "password", "rea", said=f"{GOOD} more\n").returncode == 0
    assert serve("accounts", "remove", "rea").returncode == 0
    last = serve("accounts", "remove", "boss")
    assert last.returncode == 0, "the last account of all may go: nobody signs in then"
    accounts = Accounts(opened(folder))
    assert accounts.listed() == []
    accounts.engine.dispose()


def test_a_store_from_the_terminal(tmp_path):
    folder, key = tmp_path / "data", tmp_path / "key"
    opened(folder).dispose()
    assert called("serve", "new-key", key).returncode == 0
    assert key.stat().st_mode & 0o777 == 0o600
    assert called("serve", "new-key", key).returncode == 1, "no key is overwritten"
    assert called("serve", "rekey", "--new-key-file", key, "--data", folder).returncode == 0
    wrong = called("serve", "--port", "0", "--data", folder)
    assert wrong.returncode == 1
    assert "which is encrypted" in wrong.stderr
    assert len(wrong.stderr.strip().splitlines()) == 1
    copy = tmp_path / "copy.zip"
    assert called("serve", "backup", copy, "--data", folder).returncode == 0
    assert copy.is_file()


def test_signing_in_reaches_the_pages(running):
    base = f"https://127.0.0.1:{running.port}"
    with TestClient(application(running.desk), base_url=base, follow_redirects=False) as client:
        answer = sign_in(client, "clin")
        assert answer.status_code == 403, "the origin is said with http"
        data = {"name": "clin", "password": GOOD}
        assert client.post("/sign-in", data=data, headers={"origin": base}).status_code == 303
        assert client.get("/cases").status_code == 200
