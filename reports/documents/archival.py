"""PDF/A-3a and PDF/UA-1 in one file: WeasyPrint makes a file of one of them, this adds what the other asks for."""

from __future__ import annotations

from typing import Any

import pydyf

VARIANT = "pdf/a-3a"
# PDF/A wants each property described that its own list does not have; PDF/UA's mark is none of them.
SAYS_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""
RDF_END = b"</rdf:RDF>"


def identify(pdf: Any) -> None:
    """Say of the file, in its XMP, that it is PDF/UA-1 beside PDF/A-3a; in place."""
    metadata = _object(pdf, pdf.catalog["Metadata"])
    said = metadata.stream[0]
    if said.count(RDF_END) != 1:
        raise ValueError("The metadata are not one block of RDF.")
    metadata.stream[0] = said.replace(RDF_END, SAYS_UA + RDF_END)
    if "AF" in pdf.catalog:  # WeasyPrint names each attachment twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _object(pdf: Any, reference: bytes) -> Any:
    return next(entry for entry in pdf.objects if entry.reference == reference)
