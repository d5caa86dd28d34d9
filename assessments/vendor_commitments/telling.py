"""Who learns of what: the vendor's contact that something waits for their word, the customer what the vendor did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.access import Right, roles_with
from accounts.mailed_links import links as mailed_links
from accounts.models import Membership, User
from assessments.models import Commitment, CommitmentFile, CommitmentLink, CommitmentState, StepKind
from assessments.preferences import first_within_reach, tell_once_certain
from assessments.vendor_commitments import links
from assessments.vendor_commitments.shown import Part, ShownCommitment, shown_to
from groundwork.jobs import nudge

QUIET = timedelta(hours=1)  # after the last change: whoever proposes three in a row is heard once
log = structlog.get_logger(__name__)


# The vendor's contact ----------------------------------------------------------------------------------------------
