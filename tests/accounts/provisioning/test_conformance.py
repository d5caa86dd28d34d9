"""What a stranger's checker of SCIM servers says of this one."""

from __future__ import annotations

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from accounts.models import MailDomain
from accounts.operations import Scope
from tests.config.reference.fuzzing import kept_connection
from tests.factories import Cast, make_token

pytestmark = pytest.mark.django_db


def test_a_checker_of_servers_finds_nothing(cast: Cast) -> None:
    MailDomain.objects.create(
        organisation=cast.organisation, domain="example.org", added_by=cast.admin.user, confirmed_at=timezone.now()
    )
    token = make_token(cast.admin, Scope.DIRECTORY)
    client = WSGISCIMClient(
        WSGIHandler(), base_url="http://localhost/scim/v2", headers={"Authorization": f"Bearer {token}"}
    )
    with kept_connection():
        results = check_server(client)
    assert len(results) > 50
    found = {Status.DEVIATION, Status.ERROR, Status.CRITICAL}
    assert [(one.title, one.resource_type, one.reason) for one in results if one.status in found] == []
