"""What PyPI shows beside the fixed entries of pyproject.toml: the README and addresses.

Links and pictures, relative in the README, lead to this version at the project's address there,
once it has one.
"""

import sys
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))
import links


class FollowsTheAddress(MetadataHookInterface):
    def update(self, metadata):
        text = links.absolute((links.ROOT / "README.md").read_text("utf-8"), "")
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        metadata["urls"] = addresses(links.ADDRESS) if links.ADDRESS else {}


def addresses(home):
    """What PyPI lists beside the description."""
    return {
        "Documentation": links.pages(home),
        "Repository": home,
        "Changelog": f"{home}/blob/v{links.VERSION}/CHANGELOG.md",
        "Issues": f"{home}/issues",
    }
