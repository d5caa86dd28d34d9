"""Letters to vendors: on the organisation's paper, in the contact's language, as PDF and as DOCX.

Doors: `kind`, a letter among the sheets of facts; `ours`, our own as DOCX; `own_templates`, an organisation's own
letters in place of ours; `letterheads`, whose paper it is; `writing`, a letter made and kept; `matters`, what a letter
can be about; `placeholders`, what one's own may name; `urls`.
"""
