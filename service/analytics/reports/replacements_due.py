"""Devices that would be replaced next year if the ages of the past went on."""

import numpy as np

from service.analytics.methods.distributions import Floats
from service.analytics.methods.forecast import replacements
from service.analytics.methods.weibull import Weibull
from service.analytics.report import Value
from service.analytics.reports.frame import Frame
from service.analytics.reports.replacement_life import Group, life_groups

ENDS_NEEDED = 3
DRAWS = 40


def replacements_due(frame: Frame, confidence: float) -> dict[str, dict[str, Value]]:
    """By group: expected number and its limits; nothing where too few were ever replaced."""
    found: dict[str, dict[str, Value]] = {}
    for group in life_groups(frame):
        if group.fit is None or group.fit.ends < ENDS_NEEDED:
            continue
        ages = _ages_in_service(group)
        if not len(ages):
            continue
        law = (group.fit.beta, group.fit.eta)
        due = replacements(_chances(law, ages), _drawn(group.fit, ages), confidence=confidence)
        found[group.key] = {
            "replacements": due.mean,
            "replacements_lower": int(due.limits.lower),
            "replacements_upper": int(due.limits.upper),
        }
    return found


def _ages_in_service(group: Group) -> Floats:
    lives = group.lives
    return np.asarray(lives.exit[lives.ended == 0], dtype=np.float64)


def _chances(law: tuple[float, float], ages: Floats) -> Floats:
    beta, eta = law
    return np.asarray(-np.expm1((ages / eta) ** beta - ((ages + 1) / eta) ** beta), float)


def _drawn(fit: Weibull, ages: Floats) -> list[Floats]:
    """The same under other shapes and scales that the data allow."""
    generator = np.random.default_rng(1)
    centre = np.log([fit.beta, fit.eta])
    logs = generator.multivariate_normal(centre, fit.covariance, DRAWS)
    laws = np.exp(np.clip(logs, centre - 2, centre + 2))
    return [_chances((float(beta), float(eta)), ages) for beta, eta in laws]
