"""Files in a store that speaks S3: whole or not at all, never by an address, and in words where it is away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tasks import housekeeping
from groundwork import object_storage
from groundwork.object_storage import WholeObjects, in_words
from groundwork.storage import FEW, OLD_ENOUGH, NoRoom, StoreAway, forget_strays, is_full, on_disk
from tests.factories import Cast, make_vendor
from tests.groundwork.test_storage import CSV, posted_form
from tests.object_store import ACCESS_KEY, SECRET_KEY, Store, keep_in
from vendors.incident_import import files
from vendors.models import Feedback, FeedbackFile, IncidentImport

NOWHERE = "http://127.0.0.1:9"  # nobody listens there


class Broken(BytesIO):
    """Ends in the midst of what it said it holds."""

    def read(self, *_size: Any) -> bytes:
        raise RuntimeError


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, and not thrice."""
    once = {"connect_timeout": 0.5, "read_timeout": 0.5, "retries": {"total_max_attempts": 1}}
    monkeypatch.setattr(object_storage, "TIMES", once)


def test_what_is_kept_comes_back_byte_by_byte_as_often_as_it_is_opened(store: Store) -> None:
    for size in (0, 5, object_storage.IN_MEMORY + 1):
        content = bytes(size)
        name = default_storage.save("feedback/a.txt", ContentFile(content))
        kept = default_storage.open(name)
        for _time in range(2):
            with kept.open("rb") as file:
                assert file.read() == content
        assert kept.size == default_storage.size(name) == size
        assert default_storage.exists(name)
        default_storage.delete(name)
        assert not default_storage.exists(name)
    assert store.names() == []


def test_a_name_that_is_taken_is_not_written_over(store: Store) -> None:
    first, second = (default_storage.save("feedback/a.txt", ContentFile(text)) for text in (b"1", b"2"))
    assert first != second
    assert default_storage.open(first).read() == b"1"
    assert store.names() == sorted(f"{store.prefix}/{name}" for name in (first, second))


def test_what_is_large_goes_in_parts_and_comes_back_whole(
    store: Store, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_storage, "AT_ONE_GO", 5 * object_storage.MB)
    keep_in(store, settings)
    content = bytes(range(256)) * 4096 * 13  # 13 MB
    name = default_storage.save("exports/a.zip", ContentFile(content))
    assert default_storage.open(name).read() == content


def test_a_file_that_breaks_off_in_the_middle_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(RuntimeError):
        default_storage.save("feedback/a.txt", File(Broken(b"half"), name="a.txt"))
    assert store.names() == []


def test_a_file_that_is_gone_is_told_from_a_store_that_is_not_there(store: Store, settings: Any) -> None:
    with pytest.raises(FileNotFoundError):
        default_storage.open("feedback/none.txt")
    keep_in(store, settings, bucket_name="another")
    with pytest.raises(StoreAway):
        default_storage.open("feedback/none.txt")


def test_nothing_has_an_address_or_is_open_to_the_public(store: Store) -> None:
    name = default_storage.save("feedback/a.html", ContentFile(b"<script>"))
    with pytest.raises(NotImplementedError):
        default_storage.url(name)
    key = f"{store.prefix}/{name}"
    grants = store.client.get_object_acl(Bucket=store.bucket, Key=key)["Grants"]
    assert [one["Grantee"]["Type"] for one in grants] == ["CanonicalUser"]


def test_the_store_is_asked_to_encrypt_where_it_is_set(store: Store, settings: Any) -> None:
    keep_in(store, settings, object_parameters={"ServerSideEncryption": "AES256"})
    name = default_storage.save("feedback/a.txt", ContentFile(b"x"))
    head = store.client.head_object(Bucket=store.bucket, Key=f"{store.prefix}/{name}")
    assert head["ServerSideEncryption"] == "AES256"


@pytest.mark.django_db
def test_who_needs_a_path_gets_a_copy_that_goes_again(store: Store, cast: Cast) -> None:
    upload = files.keep(cast.assessor, ContentFile(CSV), "incidents.csv", timezone.now())
    with on_disk(upload.file) as path:
        assert path.read_bytes() == CSV
        assert path.suffix == ".csv"
    assert not path.exists()
    default_storage.delete(str(upload.file.name))
    with pytest.raises(FileNotFoundError), on_disk(upload.file):
        pass


# A store that is away or full -----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_store_that_does_not_answer_is_told_in_words(store: Store, settings: Any, quickly: None) -> None:
    keep_in(store, settings, endpoint_url=NOWHERE)
    for asks in (
        lambda: default_storage.save("feedback/a.txt", ContentFile(b"x")),
        lambda: default_storage.open("feedback/a.txt"),
        lambda: default_storage.exists("feedback/a.txt"),
        lambda: forget_strays(timezone.now()),
    ):
        with pytest.raises(StoreAway, match=r"The store of files does not answer\. Try again in a minute\."):
            asks()


@pytest.mark.django_db
def test_a_deletion_that_the_store_does_not_take_fails_nobody(store: Store, settings: Any, quickly: None) -> None:
    name = default_storage.save("feedback/a.txt", ContentFile(b"x"))
    keep_in(store, settings, endpoint_url=NOWHERE)
    default_storage.delete(name)
    keep_in(store, settings)
    assert default_storage.exists(name)
    assert forget_strays(timezone.now() + OLD_ENOUGH * 2) == 1
    assert not default_storage.exists(name)


def test_keys_that_the_store_does_not_know_and_a_full_store_are_told_apart() -> None:
    for code, status, refused in (
        ("InvalidAccessKeyId", 403, StoreAway),
        ("QuotaExceeded", 403, NoRoom),
        ("", 507, NoRoom),
    ):
        error = ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")  # type: ignore[typeddict-item]
        with pytest.raises(refused) as told, in_words():
            raise error
        assert is_full(told.value) == (refused is NoRoom)


@pytest.mark.usefixtures("quickly")
@pytest.mark.django_db
@pytest.mark.parametrize("route", ["incident_import", "feedback_add"])
def test_a_form_with_a_file_says_that_the_store_is_away_and_saves_nothing(
    cast: Cast, signed_in: Callable[..., Client], store: Store, settings: Any, route: str
) -> None:
    vendor = make_vendor(cast.organisation)
    client = signed_in(cast.assessor)
    sent = {"file": SimpleUploadedFile("incidents.csv", CSV)}
    if route == "feedback_add":
        sent = posted_form(client.get(reverse(route)).context["form"], feeling=2, vendor=vendor.pk, comment="x")
        sent["evidence"] = SimpleUploadedFile("a.txt", b"text")
    keep_in(store, settings, endpoint_url=NOWHERE)
    response = client.post(reverse(route), sent)
    assert response.status_code in {200, 422}, response.get("Location")
    assert "The store of files does not answer." in response.content.decode()
    assert not Feedback.objects.exists()
    assert not IncidentImport.objects.exists()
    keep_in(store, settings)
    assert store.names() == []


@pytest.mark.django_db
def test_a_file_that_cannot_be_fetched_now_is_answered_with_503(
    cast: Cast, signed_in: Callable[..., Client], store: Store, settings: Any, quickly: None
) -> None:
    vendor, client = make_vendor(cast.organisation), signed_in(cast.assessor)
    sent = posted_form(client.get(reverse("feedback_add")).context["form"], feeling=2, vendor=vendor.pk, comment="x")
    client.post(reverse("feedback_add"), sent | {"evidence": SimpleUploadedFile("a.txt", b"text")})
    assert len(store.names()) == 1
    address = reverse("feedback_file_download", args=[FeedbackFile.objects.get().pk])
    response = client.get(address)
    assert (b"".join(response), response["Content-Length"]) == (b"text", "4")
    client.raise_request_exception = False
    keep_in(store, settings, endpoint_url=NOWHERE)
    response = client.get(address)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert b"The store of files does not answer" in response.content


def test_no_line_of_the_log_holds_a_key(store: Store, caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    """Whatever level is set: what libraries tell below a warning holds signed headers."""
    configured = settings.LOGGING["loggers"]
    assert {configured[name]["level"] for name in ("boto3", "botocore", "s3transfer", "urllib3")} == {"WARNING"}
    caplog.set_level(logging.DEBUG)
    for name in ("boto3", "botocore", "s3transfer", "urllib3"):
        logging.getLogger(name).setLevel(configured[name]["level"])
    default_storage.save("feedback/a.txt", ContentFile(b"x"))
    keep_in(store, settings, bucket_name="another")
    with suppress(StoreAway):
        default_storage.open("feedback/a.txt")
    assert "store_refuses" in caplog.text
    assert ACCESS_KEY not in caplog.text
    assert SECRET_KEY not in caplog.text


# The sweep -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_objects_without_a_row_go_after_a_day_and_the_others_stay(cast: Cast, store: Store) -> None:
    now = timezone.now()
    upload = files.keep(cast.assessor, ContentFile(CSV), "incidents.csv", now)
    for name in ("incident-imports/a.csv", "evidence/2026/01/b.pdf", "feedback/c.png", "elsewhere/d.txt"):
        default_storage.save(name, ContentFile(b"x"))
    housekeeping()
    assert len(store.names()) == 5
    assert forget_strays(now + OLD_ENOUGH + timedelta(hours=1)) == 3
    assert store.names() == sorted(f"{store.prefix}/{name}" for name in (upload.file.name, "elsewhere/d.txt"))


@pytest.mark.django_db
def test_objects_stay_where_the_database_is_not_theirs(store: Store) -> None:
    names = [default_storage.save(f"evidence/{number}.pdf", ContentFile(b"x")) for number in range(FEW + 1)]
    assert forget_strays(timezone.now() + OLD_ENOUGH * 2) == 0
    default_storage.delete(names[0])
    assert forget_strays(timezone.now() + OLD_ENOUGH * 2) == FEW


@pytest.mark.django_db
def test_parts_of_a_file_whose_sender_ended_on_the_way_go_after_a_day(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server of the tests says of each that it began in 2010."""
    now, key = timezone.now(), f"{store.prefix}/exports/a.zip"
    begun = store.client.create_multipart_upload(Bucket=store.bucket, Key=key)
    with monkeypatch.context() as patch:
        told = {"Uploads": [{"Key": key, "UploadId": begun["UploadId"], "Initiated": now}]}
        patch.setattr(WholeObjects, "_pages", lambda *_asked: iter([told]))
        default_storage.forget_unfinished("exports", now - OLD_ENOUGH)  # type: ignore[attr-defined]
    assert len(store.client.list_multipart_uploads(Bucket=store.bucket)["Uploads"]) == 1
    forget_strays(now)
    assert "Uploads" not in store.client.list_multipart_uploads(Bucket=store.bucket)
