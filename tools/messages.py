"""Lists Japanese texts that have no English yet, ready to be pasted into a fragment.

`uv run python tools/messages.py` lists everything that is missing or no longer used;
`uv run python tools/messages.py faults` only what the slice `faults` uses.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract

ROOT = Path(__file__).parents[1]
FRAGMENTS = ROOT / "service" / "core" / "i18n" / "locale" / "en"
PACKAGES = ("app", "service", "mobile_api", "importers")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "translate": None}
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff01-\uff5e]")


def sources() -> Iterator[tuple[Path, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix == ".py":
                yield path, "python"
            elif path.suffix == ".html" and "templates" in path.parts:
                yield path, "jinja2.ext:babel_extract"


def used() -> dict[str, list[str]]:
    """Each text of the code and the templates, with the files that use it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, method in sources():
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        for _, message, _, _ in extract(
            method, BytesIO(path.read_bytes()), keywords=KEYWORDS, options=options
        ):
            text = message if isinstance(message, str) else message[0]
            if text and JAPANESE.search(text):
                found[text].append(path.relative_to(ROOT).as_posix())
    return found


def slice_of(path: str) -> str:
    """`service/faults/domain.py` and `service/web/templates/faults/list.html` are of `faults`."""
    parts = Path(path).parts
    if parts[:3] == ("service", "web", "templates"):
        return parts[3] if len(parts) > 4 and parts[3] != "errors" else "web"  # noqa: PLR2004
    return parts[1] if parts[0] == "service" else parts[0]


def main(arguments: list[str]) -> int:
    from service.core.i18n.catalogue import translations  # noqa: PLC0415
    from service.core.i18n.locales import Locale  # noqa: PLC0415

    known = translations(Locale.EN)
    texts = used()
    missing = {text: files for text, files in texts.items() if not any(known.get(text, ()))}
    for text, files in missing.items():
        if not arguments or slice_of(files[0]) in arguments:
            escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            print(f'#: {files[0]}\nmsgid "{escaped}"\nmsgstr ""\n')
    for text in known.keys() - texts.keys():
        print(f"# unused: {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
