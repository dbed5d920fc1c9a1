"""What pictures say of themselves: the program, the source of their pixels, the color space."""

from __future__ import annotations

import functools
from typing import Literal, TypeAlias, get_args

from PIL import ImageCms

from studio import __version__

# IPTC's digital source types: only generated pixels, generated mixed with others, neither.
SourceType: TypeAlias = Literal[
    "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", ""
]
SOFTWARE = f"Latent Studio {__version__}"


def xmp_packet(source: str) -> str:
    """An XMP packet that names the program and, where there is one, IPTC's digital source type."""
    marking = (
        f' Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{source}"'
        if source and source in get_args(SourceType)
        else ""
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' xmp:CreatorTool="{SOFTWARE}"{marking}/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


@functools.cache
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
