"""What other systems are told: where to, of what, and whether it arrived."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Organisation, OrganisationRows, User
from groundwork.jobs.lease import JobQuerySet, NudgedJob
from groundwork.public_ids import PublicRow


class WebhookEndpointQuerySet(OrganisationRows, models.QuerySet["WebhookEndpoint"]):
    def awake(self, now: datetime) -> WebhookEndpointQuerySet:
        """Neither paused nor resting after failures."""
        return self.filter(Q(rests_until=None) | Q(rests_until__lte=now), is_active=True)


class WebhookEndpoint(PublicRow):
    """An address that is told. `kinds`: of what, by the names of `accounts.webhooks.kinds`; empty: of everything.

    Its secrets are kept encrypted (`accounts.kept_secrets`): the former one signs beside the new one until
    `former_until`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(_("name"), max_length=80)
    address = models.URLField(_("address"), max_length=500)
    kinds = models.JSONField(_("events"), default=list)
    secret = models.TextField(editable=False)
    former_secret = models.TextField(blank=True, editable=False)
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    paused_because = models.CharField(max_length=40, blank=True, editable=False)  # a code, where it was not a person
    failures = models.PositiveIntegerField(default=0, editable=False)  # one after the other, whatever was sent
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    rests_until = models.DateTimeField(null=True, blank=True, editable=False)  # until then nothing is tried
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made on"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class WebhookEvent(PublicRow):
    """Something that happened, as receivers are told it: `uuid` is the id by which they know that they have it
    already. It names things and tells nothing of them; whoever may read them asks the API. Never changed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="webhook_events")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=80)  # the thing whose events arrive in order: “assessment:UUID”
    payload = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")

    def __str__(self) -> str:
        return self.kind


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")


MOST_AT_ONCE = 2  # tries at one address side by side: a slow receiver holds up no other


class WebhookDeliveryQuerySet(OrganisationRows, JobQuerySet["WebhookDelivery"]):
    of_organisation = "endpoint__organisation"
    unfinished_states = (DeliveryState.WAITING,)

    def dead(self) -> WebhookDeliveryQuerySet:
        return self.filter(state=DeliveryState.DEAD)

    def claimable(self, now: datetime) -> WebhookDeliveryQuerySet:
        """Due, to an address that is awake and not busy, and the first that waits of all that is about the same thing.

        The row’s own conditions stand outside of the subqueries: of two workers at once, the second one’s UPDATE sees
        what the first has written.
        """
        busy = self.model.objects.held(now).order_by().values("endpoint")
        busy = busy.annotate(n=Count("pk")).filter(n__gte=MOST_AT_ONCE)
        earlier = self.model.objects.unfinished().filter(
            endpoint=OuterRef("endpoint"), about=OuterRef("about"), pk__lt=OuterRef("pk")
        )
        return (
            super()
            .claimable(now)
            .filter(due_at__lte=now, endpoint__in=WebhookEndpoint.objects.awake(now).values("pk"))
            .exclude(endpoint__in=busy.values("endpoint"))
            .filter(~Exists(earlier))
        )


class WebhookDelivery(NudgedJob):
    """One event on its way to one address: the row is the job. `tries` counts what the receiver did not take."""

    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    about = models.CharField(max_length=80)  # as the event’s
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    last_tried_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # of HTTP, of the last try that got one
    failure = models.CharField(max_length=40, blank=True)  # a code; the page has the words
    said = models.CharField(max_length=500, blank=True)  # how the receiver’s answer began
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="webhook_delivery_once_per_endpoint"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="webhook_delivery_state_known"),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="webhook_delivery_due"),
            models.Index(fields=["endpoint", "about", "id"], name="webhook_delivery_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.endpoint_id}"
