"""Poisson and negative binomial regression of failures on a table of groups (Lexis cells)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from service.analytics.methods.distributions import Floats, log_gamma, minimum, two_sided_z
from service.analytics.methods.rates import CONFIDENCE, Limits
from service.analytics.methods.too_few import Missing, TooFew

OVERDISPERSED = 1.2
_STEPS = 100
_POLISH = 20
_PRECISE = 1e-11
_NO_LIMIT = 25.0  # a coefficient beyond this on the log scale has no finite estimate


@dataclass(frozen=True)
class Design:
    """Columns of the regression; rows without exposure are gone (``dropped``)."""

    names: tuple[str, ...]
    matrix: Floats
    counts: Floats
    exposure: Floats
    rows: "np.typing.NDArray[np.int64]"
    dropped: int

    @classmethod
    def of(
        cls,
        counts: Sequence[float],
        exposure: Sequence[float],
        factors: Mapping[str, Sequence[object]],
        reference: Mapping[str, object],
        together: Sequence[Sequence[str]] = (),
    ) -> "Design":
        """An intercept and one column per level of each factor but its reference.

        A factor without a reference is a number and one column as it is. ``together`` are factors
        that act together beyond their own: products of their columns.
        """
        time = np.array(exposure, dtype=float)
        rows = np.flatnonzero(time > 0)
        single = {
            factor: _columns(factor, [values[int(row)] for row in rows], reference)
            for factor, values in factors.items()
        }
        columns = {"(Intercept)": np.ones(len(rows))}
        for part in (*single.values(), *(_products(single, names) for names in together)):
            columns |= part
        return cls(
            tuple(columns),
            np.column_stack(list(columns.values())),
            np.array(counts, dtype=float)[rows],
            time[rows],
            rows,
            len(time) - len(rows),
        )


def _columns(
    factor: str, values: Sequence[object], reference: Mapping[str, object]
) -> dict[str, Floats]:
    if factor not in reference:
        return {factor: np.array([float(str(value)) for value in values])}
    return {
        f"{factor}{level}": np.array([str(value) == level for value in values], dtype=float)
        for level in sorted({str(value) for value in values} - {str(reference[factor])})
    }


def _products(
    single: Mapping[str, Mapping[str, Floats]], factors: Sequence[str]
) -> dict[str, Floats]:
    found: dict[str, Floats] = {"": np.ones(1)}
    for factor in factors:
        found = {
            f"{name}:{other}".lstrip(":"): np.asarray(values * column)
            for name, values in found.items()
            for other, column in single[factor].items()
        }
    return found


@dataclass(frozen=True)
class CountRegression:
    """``error`` assumes the Poisson law; use `robust_error` or `quasi_error` when dispersed.

    ``size`` is the negative binomial θ (variance μ + μ²/θ), None for Poisson.
    """

    design: Design
    coefficients: Floats
    fitted: Floats
    deviance: float
    loglik: float
    size: float | None

    @property
    def degrees_of_freedom(self) -> int:
        return len(self.design.counts) - len(self.design.names)

    @property
    def dispersion(self) -> float:
        """Pearson χ² ÷ degrees of freedom; NaN without any left."""
        if self.degrees_of_freedom < 1:
            return float("nan")
        variance = self.fitted
        if self.size is not None:
            variance = self.fitted + self.fitted**2 / self.size
        pearson = (self.design.counts - self.fitted) ** 2 / variance
        return float(pearson.sum()) / self.degrees_of_freedom

    @property
    def covariance(self) -> Floats:
        weights = self.fitted
        if self.size is not None:
            weights = self.fitted / (1 + self.fitted / self.size)
        matrix = self.design.matrix
        return np.asarray(np.linalg.inv(matrix.T @ (matrix * weights[:, None])))

    @property
    def size_error(self) -> float | None:
        """Error of θ from its observed information, the coefficients taken as known; MASS."""
        from scipy.special import polygamma  # noqa: PLC0415  # 0.1 s at first use

        size, counts, mean = self.size, self.design.counts, self.fitted
        if size is None:
            return None
        curved = polygamma(1, counts + size) - polygamma(1, size)
        information = -curved - 1 / size + 2 / (mean + size) - (counts + size) / (mean + size) ** 2
        return float(1 / np.sqrt(information.sum()))

    @property
    def error(self) -> Floats:
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def quasi_error(self) -> Floats:
        """Error × √dispersion (quasi-Poisson)."""
        return np.asarray(self.error * np.sqrt(self.dispersion))

    def robust_error(self, clusters: Sequence[object] | None = None) -> Floats:
        """Sandwich error; rows of one cluster (device) may hang together.

        Args:
            clusters: One name per row of ``design`` (see ``design.rows``); None: each its own.
        """
        residual = self.design.counts - self.fitted
        if self.size is not None:
            residual = residual / (1 + self.fitted / self.size)
        scores = self.design.matrix * residual[:, None]
        if clusters is not None:
            _, index = np.unique(np.array([str(name) for name in clusters]), return_inverse=True)
            sums = np.zeros((int(index.max()) + 1, scores.shape[1]))
            np.add.at(sums, index, scores)
            scores = sums
        bread = self.covariance
        return np.asarray(np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread)))

    def rate_ratios(
        self, error: Floats, confidence: float = CONFIDENCE
    ) -> dict[str, tuple[float, Limits]]:
        """exp(coefficient) with Wald limits, by column; the intercept is the reference's rate."""
        margin = two_sided_z(confidence) * error
        ends = np.exp([self.coefficients - margin, self.coefficients + margin])
        return {
            name: (
                float(np.exp(self.coefficients[i])),
                Limits(float(ends[0, i]), float(ends[1, i])),
            )
            for i, name in enumerate(self.design.names)
        }


def poisson_regression(design: Design) -> CountRegression | TooFew:
    """Ln E(n) = ln(exposure) + Xβ by iteratively reweighted least squares.

    `TooFew` when there is no failure, when columns repeat each other, or when a level has no
    failure: its coefficient is −∞, merge it with another level.

    Source: McCullagh & Nelder (1989) ch. 2, 6.
    """
    problem = _unfit(design)
    return problem if problem is not None else _fit(design, None)


def negative_binomial_regression(design: Design) -> CountRegression | TooFew:
    """NB2 (variance μ + μ²/θ), θ by maximum likelihood.

    `TooFew` of contrast when the likelihood rises for ever with θ: then Poisson with a robust or
    quasi error says all there is, and θ must not be shown. Source: Hilbe (2011) ch. 8.
    """
    plain = poisson_regression(design)
    if isinstance(plain, TooFew):
        return plain

    def loss(log_size: float) -> float:
        return -_fit(design, float(np.exp(log_size))).loglik

    best = minimum(loss, -6.0, 12.0)
    fit = _polished(_fit(design, float(np.exp(best))))
    if fit.loglik <= plain.loglik + 1e-3 or best > 11:  # noqa: PLR2004  # at the border: θ → ∞
        return TooFew(Missing.CONTRAST, 0, 1)
    return fit


def _polished(fit: CountRegression) -> CountRegression:
    """θ to full precision: Newton steps of its score, the coefficients fitted anew after each."""
    from scipy.special import digamma  # noqa: PLC0415  # 0.1 s at first use

    for _ in range(_POLISH):
        size, counts, mean = fit.size, fit.design.counts, fit.fitted
        error = fit.size_error
        if size is None or error is None or not np.isfinite(error):
            return fit
        score = digamma(counts + size) - digamma(size) + np.log(size / (mean + size))
        step = float((score + 1 - (counts + size) / (mean + size)).sum()) * error**2
        if not abs(step) < size / 2:
            return fit
        fit = _fit(fit.design, size + step)
        if abs(step) < _PRECISE * size:
            break
    return fit


def _unfit(design: Design) -> TooFew | None:
    if design.counts.sum() == 0:
        return TooFew(Missing.FAILURES, 0, 1)
    if np.linalg.matrix_rank(design.matrix) < len(design.names):
        return TooFew(Missing.CONTRAST, 0, 1)
    if (design.matrix.T @ design.counts == 0).any():
        return TooFew(Missing.FAILURES, 0, 1)
    if np.abs(_fit(design, None).coefficients[1:]).max(initial=0.0) > _NO_LIMIT:
        return TooFew(Missing.CONTRAST, 0, 1)
    return None


def _fit(design: Design, size: float | None) -> CountRegression:
    mean = design.counts + 0.1 * design.counts.mean() + 1e-9
    deviance = np.inf
    coefficients = np.zeros(len(design.names))
    for _ in range(_STEPS):
        before = deviance
        weights = mean if size is None else mean / (1 + mean / size)
        working = np.log(mean / design.exposure) + (design.counts - mean) / mean
        root_weights = np.sqrt(weights)[:, None]
        coefficients = np.linalg.lstsq(
            design.matrix * root_weights, working * root_weights[:, 0], rcond=None
        )[0]
        mean = design.exposure * np.exp(np.clip(design.matrix @ coefficients, -700, 700))
        deviance = _deviance(design.counts, mean, size)
        if abs(deviance - before) < _PRECISE * (abs(deviance) + _PRECISE):
            break
    loglik = _loglik(design.counts, mean, size)
    return CountRegression(design, coefficients, mean, deviance, loglik, size)


def _deviance(counts: Floats, mean: Floats, size: float | None) -> float:
    own = counts * np.log(np.where(counts > 0, counts / mean, 1.0))
    if size is None:
        return float(2 * (own - (counts - mean)).sum())
    return float(2 * (own - (counts + size) * np.log((counts + size) / (mean + size))).sum())


def _loglik(counts: Floats, mean: Floats, size: float | None) -> float:
    fixed = -log_gamma(counts + 1)
    if size is None:
        return float((counts * np.log(mean) - mean + fixed).sum())
    ways = log_gamma(counts + size) - log_gamma(np.array([size]))
    chance = counts * np.log(mean / (size + mean)) - size * np.log1p(mean / size)
    return float((ways + fixed + chance).sum())
