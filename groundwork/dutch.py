"""Where long Dutch words may be broken: at the joints of their parts, “sleutel-figuren”, never “sleutelfi-guren”.

Dictionaries of hyphenation know syllables only; the words here are those of our own texts.
"""

from __future__ import annotations

import re

SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_WORDS = """
    aandachts-punten aanhalings-teken aanhalings-tekens account-manager agenda-programma antwoord-termijn
    audit-logboek bedrijfs-kritisch bedrijfs-kritische bedrijfs-voering bestands-naam
    consensus-overleg contact-personen contact-persoon datum-kolommen diagnose-vragen dienst-rooster
    document-aanvraag document-aanvragen dwars-streepje evaluatie-verslagen gezichts-punten goedkeurings-niveau
    goedkeurings-niveaus goedkeurings-stap goedkeurings-stappen grond-oorzaak grond-oorzaken herstel-codes
    hoofd-letters incident-afhandeling incident-systeem kennis-overdracht koppel-tekens les-materiaal log-bestanden
    logboek-regel logboek-regels maandag-ochtend mail-programma moment-opname netwerk-adres ontvangst-bevestiging
    opleidings-gegevens overzichts-mail overzichts-mails plaats-vinden procent-punt procent-punten proces-eigenaar
    reactie-termijn rechter-muisknop score-kaart score-kaarten service-niveau service-niveaus service-rapport
    service-tijden sleutel-figuren sleutel-figuur standaard-analyse standaard-gegevens standaard-lijst
    standaard-overdracht standaard-zinnen streef-waarde streef-waarden streepjes-lijn terugval-plan ticket-systeem
    tijd-stempels tweefactor-authenticatie voor-instelling voor-vertoning vooraf-ingesteld voorloop-nullen
    voorzichtigheids-halve voorzorgs-maatregelen vrijdag-avond wacht-woorden wijzigings-logboek
    wijzigings-voorstellen
"""
JOINTED = re.findall(r"\S+", _WORDS)
JOINTS = {word.replace("-", ""): tuple(len(part) for part in word.split("-")) for word in JOINTED}
_WORD = re.compile("|".join(sorted(JOINTS, key=len, reverse=True)), re.IGNORECASE)


def jointed(text: str) -> str:
    """With a soft hyphen at each joint of the words that we know: seen only where a line ends there."""
    return _WORD.sub(lambda found: _apart(found.group()), text)


def _apart(word: str) -> str:
    first = JOINTS[word.lower()][0]
    return f"{word[:first]}{SOFT_HYPHEN}{word[first:]}"
