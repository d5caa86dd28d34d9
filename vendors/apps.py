from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VendorsConfig(AppConfig):
    name = "vendors"

    def ready(self) -> None:
        from accounts import trail
        from vendors import panels
        from vendors.incident_panel import incident_panel
        from vendors.measure_words import LABELS

        verbs = {
            "vendor.added": _("Vendor added"),
            "vendor.changed": _("Vendor changed"),
            "vendor.archived": _("Vendor archived"),
            "vendor.restored": _("Vendor restored"),
            "service.added": _("Service added"),
            "service.changed": _("Service changed"),
            "service.deleted": _("Service deleted"),
            "contact.added": _("Contact added"),
            "contact.changed": _("Contact changed"),
            "contact.deleted": _("Contact deleted"),
            "incident.added": _("Incident added"),
            "incident.changed": _("Incident changed"),
            "incident.deleted": _("Incident deleted"),
            "target.agreed": _("Target agreed"),
            "target.changed": _("Target changed"),
            "target.deleted": _("Target removed"),
            "target.agreed": _("Target agreed"),
            "target.changed": _("Target changed"),
            "target.deleted": _("Target removed"),
            "vendorimport.applied": _("Vendors imported"),
        }
        names = {
            "archived_at": _("archived on"),
            "services": _("services"),
            "contact": _("contact"),
            "new": _("new"),
            "changed": _("changed"),
            "unchanged": _("unchanged"),
            "error": _("not imported"),
        }
        trail.register(verbs, names=names, codes={("vendors.measuretarget", "measure"): dict(LABELS)})
        panels.register("incidents", incident_panel, position=50)
