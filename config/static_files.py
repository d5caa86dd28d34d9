"""The static files that are served: each under a name that tells its content, compressed once."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


def _without_source_maps(patterns: Any) -> tuple[Any, ...]:
    """A map is for whoever develops the library that it belongs to, and weighs twice what it explains."""
    kept = ((ending, [one for one in rules if "sourceMappingURL" not in str(one)]) for ending, rules in patterns)
    return tuple((ending, tuple(rules)) for ending, rules in kept if rules)


class ServedFiles(CompressedManifestStaticFilesStorage):
    """What names its source map is served as it is: the maps are not."""

    patterns = _without_source_maps(CompressedManifestStaticFilesStorage.patterns)
