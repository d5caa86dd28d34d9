"""Dutch words on paper are broken at their joints (groundwork/dutch.py): WeasyPrint takes Pyphen’s dictionary.

Told to the dictionary, so that the text of the document stays as it is, for whoever copies or searches it.
"""

from __future__ import annotations

import pyphen

from groundwork.dutch import JOINTS
from groundwork.languages import LANGUAGES

# In Liang’s patterns the highest number at a place decides, odd for a break and even for none; 9 is the largest.
BREAK, WHOLE = 9, 8


def teach_joints() -> None:
    """To every dictionary that is made for Dutch from now on; repeating it changes nothing."""
    for language in LANGUAGES.values():
        if language.compounds:
            _teach(pyphen.Pyphen(lang=language.code).hd)


def _teach(dictionary: pyphen.HyphDict) -> None:
    for word, parts in JOINTS.items():
        places = [WHOLE] * (len(word) + 1)
        places[parts[0]] = BREAK
        dictionary.patterns[f".{word}."] = 1, tuple(places)
    dictionary.maxlen = max(map(len, dictionary.patterns))
    dictionary.cache.clear()
