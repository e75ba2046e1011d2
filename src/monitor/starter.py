"""The starter configuration that `monitor init` writes: the files of config/, as they are shipped.

There is one source of them: the folder config/ of the project. A wheel carries a copy of it inside of the package; where
the package runs from its source (an editable install), the folder itself is read.
"""

from pathlib import Path

NAMES = ("monitor.toml", "feeds.toml", "watchlists.toml")

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "starter_files", _PACKAGE.parent.parent / "config")


def starter_files() -> dict[str, str]:
    """Name → text of the three files. Raises FileNotFoundError if the installation lacks them."""
    folder = next((place for place in _PLACES if place.is_dir()), _PLACES[0])
    return {name: (folder / name).read_text(encoding="utf-8") for name in NAMES}
