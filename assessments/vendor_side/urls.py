"""Routes of assessments.vendor_side."""

from django.urls import path

from assessments.vendor_side import answer_views, link_views, reply_views, workbook_views

urlpatterns = [
    path("assessments/<int:pk>/vendor/", link_views.assessment_vendor, name="assessment_vendor"),
    path("assessments/<int:pk>/vendor/links/", link_views.link_add, name="link_add"),
    path("assessments/<int:pk>/vendor/reopen/", link_views.vendor_reopen, name="vendor_reopen"),
    path("links/<int:pk>/renew/", link_views.link_renew, name="link_renew"),
    path("links/<int:pk>/extend/", link_views.link_extend, name="link_extend"),
    path("links/<int:pk>/withdraw/", link_views.link_revoke, name="link_revoke"),
    path("vendor-link/<str:token>/", link_views.vendor_link, name="vendor_link"),
    path("vendor-desk/<int:link>/", answer_views.vendor_desk, name="vendor_desk"),
    path("vendor-desk/<int:link>/workbook/", workbook_views.vendor_workbook, name="vendor_workbook"),
    path(
        "vendor-desk/<int:link>/workbook/file/",
        workbook_views.vendor_workbook_download,
        name="vendor_workbook_download",
    ),
    path(
        "vendor-desk/<int:link>/workbook/<int:pk>/",
        workbook_views.vendor_workbook_upload,
        name="vendor_workbook_upload",
    ),
    path(
        "vendor-desk/<int:link>/workbook/<int:pk>/discard/",
        workbook_views.vendor_workbook_discard,
        name="vendor_workbook_discard",
    ),
    path("vendor-desk/<int:link>/rules/<slug:rule>/", answer_views.vendor_questionnaire, name="vendor_questionnaire"),
    path("vendor-desk/<int:link>/rules/<slug:rule>/guide/", answer_views.vendor_rule_guide, name="vendor_rule_guide"),
    path("vendor-desk/<int:link>/answers/<int:pk>/", answer_views.vendor_answer_edit, name="vendor_answer_edit"),
    path(
        "vendor-desk/<int:link>/answers/<int:pk>/evidence/",
        answer_views.vendor_evidence_add,
        name="vendor_evidence_add",
    ),
    path(
        "vendor-desk/<int:link>/evidence/<int:pk>/",
        answer_views.vendor_evidence_download,
        name="vendor_evidence_download",
    ),
    path(
        "vendor-desk/<int:link>/evidence/<int:pk>/delete/",
        answer_views.vendor_evidence_delete,
        name="vendor_evidence_delete",
    ),
    path("vendor-desk/<int:link>/hand-in/", answer_views.vendor_hand_in, name="vendor_hand_in"),
    path("vendor-desk/<int:link>/take-back/", answer_views.vendor_take_back, name="vendor_take_back"),
    path("vendor-desk/<int:link>/reply/", reply_views.vendor_reply, name="vendor_reply"),
    path("vendor-desk/<int:link>/reply/send/", reply_views.vendor_reply_send, name="vendor_reply_send"),
    path(
        "vendor-desk/<int:link>/reply/<slug:rule>/save/",
        reply_views.vendor_reply_save,
        name="vendor_reply_save",
    ),
    path("vendor-desk/<int:link>/reply/copy/", reply_views.vendor_reply_copy, name="vendor_reply_copy"),
    path("assessments/<int:pk>/reply/ask/", reply_views.vendor_reply_open, name="vendor_reply_open"),
    path("assessments/<int:pk>/reply/extend/", reply_views.vendor_reply_extend, name="vendor_reply_extend"),
    path("assessments/<int:pk>/reply/withdraw/", reply_views.vendor_reply_withdraw, name="vendor_reply_withdraw"),
]
