"""A server with the preview pages; the browser is that of `tests.browser`."""

from collections.abc import Iterator

import pytest

from tests.browser import served
from tests.web.preview_app import make_app


@pytest.fixture(scope="session")
def preview_url() -> Iterator[str]:
    with served(make_app(), lifespan="off") as url:
        yield url
