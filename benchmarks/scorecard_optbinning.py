"""Our bins and scorecard beside those of optbinning (Navas-Palencia 2020), an extra of ours.

Three things on the breast-cancer table: the information value of one attribute on optbinning's own cuts (ours
must equal what it publishes, 5.04392547), how much of it our own cuts keep, and the AUC of both scorecards on
held-out patients. Without the extra it says so and ends.
"""

import time

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from leadline.target.evidence import find_cuts, weigh_evidence
from leadline.target.logistic_scorecard import LogisticScorecard

COLUMNS = ["mean radius", "mean texture", "mean smoothness", "mean symmetry", "worst concavity"]


def main() -> None:
    try:
        from optbinning import BinningProcess, OptimalBinning, Scorecard  # noqa: PLC0415 - an extra
    except ImportError:
        print("left out: optbinning is not installed (pip install 'leadline[optbinning]')")
        return
    data = load_breast_cancer(as_frame=True)
    radius, benign = data.frame["mean radius"].to_numpy(), data.target.to_numpy().astype(bool)
    theirs = OptimalBinning(name="mean radius", dtype="numerical").fit(radius, benign.astype(int))
    theirs.binning_table.build()
    theirs.binning_table.analysis(print_output=False)
    bins = np.searchsorted(theirs.splits, radius, side="right")
    ours = weigh_evidence(bins, benign)["information"].sum()
    print(f"information value on its cuts: ours {ours:.8f}, optbinning {theirs.binning_table.iv:.8f}")
    own = np.searchsorted(np.array(find_cuts(radius, benign)), radius, side="right")
    kept = weigh_evidence(own, benign)["information"].sum() / theirs.binning_table.iv
    print(f"information that our own cuts keep: {kept:.1%}")
    train, test, learned, judged = train_test_split(
        data.frame[COLUMNS], benign, random_state=0, test_size=0.5
    )
    started = time.process_time()
    card = LogisticScorecard().fit(train, learned)
    auc, seconds = roc_auc_score(judged, card.predict_proba(test)[:, 1]), time.process_time() - started
    print(f"leadline    AUC {auc:.4f}, {seconds:.2f} s of CPU")
    started = time.process_time()
    peer = Scorecard(BinningProcess(COLUMNS), LogisticRegression())
    peer.fit(train, learned.astype(int))
    auc, seconds = roc_auc_score(judged, peer.predict_proba(test)[:, 1]), time.process_time() - started
    print(f"optbinning  AUC {auc:.4f}, {seconds:.2f} s of CPU")


if __name__ == "__main__":
    main()
