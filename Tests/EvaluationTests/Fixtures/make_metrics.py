"""Makes metrics.json: reference values of scikit-learn 1.9 and SciPy for what Evaluation computes.

    pip install scikit-learn && python make_metrics.py > metrics.json
"""

import json

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

random = np.random.default_rng(7)
labels = (random.random(400) < 0.3).astype(int)
margins = np.round(random.normal(1.6 * labels - 1.1, 1.0), 1)  # rounded: many ties
scores = np.round(1 / (1 + np.exp(-margins)), 2)
fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)

bins = np.minimum(9, (scores * 10).astype(int))
ece = sum(abs(scores[bins == b].mean() - labels[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any())


def platt(prevalence):
    """Platt's targets, classes weighted to a prevalence."""
    positives, negatives = labels.sum(), (1 - labels).sum()
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    weights = np.where(labels == 1, prevalence / positives, (1 - prevalence) / negatives)

    def loss(parameters):
        z = parameters[0] * margins + parameters[1]
        return (weights * (np.logaddexp(0, z) - targets * z)).sum()

    return minimize(loss, [1, 0], method="BFGS", options={"gtol": 1e-12}).x.tolist()


features = random.normal(size=(120, 5)) * [1, 10, 0.1, 3, 1] + [0, 5, 0, -2, 1]
kinds = (features[:, 0] ** 2 + 0.3 * (features[:, 1] - 5) > 0.8).astype(int)
scaled = StandardScaler().fit(features[:80])
machine = SVC(C=10, gamma=1 / 5, class_weight="balanced", tol=1e-3).fit(scaled.transform(features[:80]), kinds[:80])

print(
    json.dumps(
        {
            "labels": labels.tolist(),
            "scores": scores.tolist(),
            "margins": margins.tolist(),
            "auc": roc_auc_score(labels, scores),
            "fpr": fpr.tolist(),
            "tpr": tpr.tolist(),
            "brier": brier_score_loss(labels, scores),
            "ece": ece,
            "platt": platt(labels.mean()),
            "platt_at_5_percent": platt(0.05),
            "features": np.round(features, 12).tolist(),
            "kinds": kinds.tolist(),
            "decisions": machine.decision_function(scaled.transform(features[80:])).tolist(),
        }
    )
)
