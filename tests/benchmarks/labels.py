"""Labels for a whole city: seconds, bytes and memory, before and after the proof.

uv run python tests/benchmarks/labels.py 8000
"""

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from service.tags.labels.drawing import draw_labels
from service.tags.labels.extras import draw_list
from service.tags.labels.proof import proof
from service.tags.labels.sheets import sheet
from tests.service.tags.drawn_labels import IMPRINT, label


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int, stock_id: str = "a4-24-70x33.9") -> None:
    stock = sheet(stock_id)
    labels = [label(n) for n in range(count)]
    before = peak_mb()
    start, worked = time.perf_counter(), time.process_time()
    drawn = draw_labels(labels, stock, IMPRINT)
    drawn_s, drawn_mb = time.perf_counter() - start, peak_mb()
    drawn_cpu_s = time.process_time() - worked
    start = time.perf_counter()
    read = proof(drawn, stock)
    proof_s, proof_mb = time.perf_counter() - start, peak_mb()
    start = time.perf_counter()
    listed = draw_list(drawn.placed, "印刷一覧")
    figures = {
        "labels": count,
        "draw_s": round(drawn_s, 2),
        "draw_cpu_s": round(drawn_cpu_s, 2),  # on a busy machine the surer one
        "pdf_mb": round(len(drawn.pdf) / 1e6, 2),
        "memory_before_mb": round(before),
        "memory_drawn_mb": round(drawn_mb),
        "proof_s": round(proof_s, 2),
        "memory_proof_mb": round(proof_mb),
        "read": read,
        "list_s": round(time.perf_counter() - start, 2),
        "list_mb": round(len(listed) / 1e6, 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000, *sys.argv[2:3])
