"""What a configuration says of matching: how texts of each level are signed and what counts as a passage."""

from __future__ import annotations

from pipeline.config import Config
from pipeline.match.core.bands import choose_bands, expected_recall
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.relation import RelationRules
from pipeline.match.core.sign import Signing
from pipeline.model import Level
from pipeline.write.output import Output

_OPTIONS = ("shingle_words", "num_perm", "bands", "seed", "threshold", "containment", "passage_words")

LEVELS: tuple[Level, ...] = ("document", "paragraph")


def of_output(output: Output, threshold: float | None = None) -> Config:
    """Return the options that matter here, as the run that wrote an output had them, but for a threshold."""
    options = {name: value for name, value in output.manifest.config.items() if name in _OPTIONS}
    if threshold is not None:
        options["threshold"] = threshold
    return Config(**options)


def threshold(config: Config, level: Level) -> float:
    """Return the Jaccard similarity from which two texts of a level are near-duplicates, the least one where it differs."""
    return config.document_threshold if level == "document" else min(config.thresholds)


def signing(config: Config, level: Level) -> Signing:
    """Return how texts of a level are signed: by the bands configured, or those that its threshold asks for."""
    if level == "paragraph" and config.bands is not None and config.num_perm is not None:
        rows = config.num_perm // config.bands
        return Signing(config.shingle_words, config.bands, rows, config.seed)
    return signing_for(threshold(config, level), config)


def signings(config: Config) -> dict[Level, Signing]:
    """Return how texts of each level are signed."""
    return {level: signing(config, level) for level in LEVELS}


def signing_for(similarity: float, config: Config) -> Signing:
    """Return how texts are signed so that pairs with this Jaccard similarity are found."""
    bands, rows = choose_bands(similarity)
    return Signing(config.shingle_words, bands, rows, config.seed)


def recall(config: Config, level: Level) -> float:
    """Return the share of the pairs at a level's threshold that are expected to be found."""
    signed = signing(config, level)
    return expected_recall(threshold(config, level), signed.bands, signed.rows)


def passage_rules(config: Config) -> PassageRules:
    """Return what counts as a passage."""
    return PassageRules(run=config.passage_words)


def relation_rules(config: Config, level: Level, containment: float) -> RelationRules:
    """Return where one relation ends and the next begins.

    containment: share of a text that is in another for it to be a quote
    """
    return RelationRules(threshold(config, level), containment)
