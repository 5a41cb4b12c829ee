"""Servers of mail for the tests of this folder."""

from collections.abc import Callable, Iterator

import pytest

from tenure.gateways.mail.server.submission import Relay
from tests.gateways.mail import certificates
from tests.gateways.mail.certificates import Files
from tests.gateways.mail.postoffice import LOGIN, PASSWORD, PostOffice


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The certificate of 127.0.0.1, and the authority that signed it."""
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def opened(files: Files) -> Iterator[Callable[..., PostOffice]]:
    """Opens a server of mail; all are closed at the end."""
    offices: list[PostOffice] = []

    def another(*offers: str, files: Files = files) -> PostOffice:
        offices.append(PostOffice(files, *offers))
        return offices[-1]

    yield another
    for one in offices:
        one.close()


@pytest.fixture
def office(opened: Callable[..., PostOffice]) -> PostOffice:
    """A server of mail that takes everything."""
    return opened("SIZE 1000000", "DSN")


@pytest.fixture
def relay(office: PostOffice, files: Files) -> Relay:
    """Who we are to it."""
    return relay_to(office, files)


def relay_to(office: PostOffice, files: Files, password: str = PASSWORD) -> Relay:
    """Who we are to a server."""
    return Relay(
        host="127.0.0.1",
        port=office.port,
        sender="notices@tenure.example",
        login=LOGIN,
        password=password,
        authorities=files.authority,
        name="tenure.example",
    )
