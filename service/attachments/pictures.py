"""What a picture is, and the smaller pictures made from it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from math import ceil, floor
from typing import IO

import pi_heif
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError
from PIL.ExifTags import IFD, Base

from service.attachments.domain import DERIVATIVE_EDGE_PX, Derivative, NotAPhoto

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
HEIC = "image/heic"
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
# A baseline JPEG is decoded at an eighth of its size, line by line; the others take their whole
# area in memory, and some tens of bytes can claim a billion pixels.
MAX_PIXELS_BASELINE = 250_000_000
MAX_PIXELS = 64_000_000
_PROBE_PX = 64
_ON_ITS_SIDE = {5, 6, 7, 8}
# A phone's camera makes one picture; its small copies and depth maps are not looked at.
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
# Image.open reads headers only; `_measured` refuses what is too large before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class Picture:
    """``width_px`` and ``height_px`` as a person sees it, turned as EXIF says."""

    mime: str
    width_px: int | None = None
    height_px: int | None = None
    taken_at_exif: str | None = None


def inspect(file: IO[bytes]) -> Picture:
    """Reads the picture for real, as small as the format allows.

    HEIC is known by its signature: one that is not understood here is kept all the same.

    Raises:
        NotAPhoto: when it is no photo of a format that we take, or cannot be decoded.
    """
    start = file.read(12)
    file.seek(0)
    if start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS:
        return _inspect_heic(file)
    with _opened(file) as image:
        orientation, taken = _from_exif(image)
        width, height = image.size
        if orientation in _ON_ITS_SIDE:
            width, height = height, width
        mime = Image.MIME[str(image.format)]
        _probe(image)
    file.seek(0)
    return Picture(mime, width, height, taken)


def _inspect_heic(file: IO[bytes]) -> Picture:
    """The header only, which is turned upright already: decoding the whole takes a second."""
    try:
        with _opened(file) as image:
            _, taken = _from_exif(image)
            return Picture(HEIC, *image.size, taken_at_exif=taken)
    except NotAPhoto:
        return Picture(HEIC)
    finally:
        file.seek(0)


def derive(file: IO[bytes], hidden: Sequence[Sequence[float]] = ()) -> dict[Derivative, bytes]:
    """The pictures for lists and screens: upright, and without the place and owner of the camera.

    ``hidden`` areas (left, top, width, height in hundredths) are painted over: nothing of them is
    left to be sharpened again.

    Raises:
        NotAPhoto: when the original cannot be decoded here (documents, a HEIC of an unknown kind).
    """
    edge = DERIVATIVE_EDGE_PX[Derivative.SCREEN]
    with _opened(file) as image:
        image.draft("RGB", (edge, edge))
        picture = _on_white(image)
        ImageOps.exif_transpose(picture, in_place=True)
    _hide(picture, hidden)
    made = {}
    for derivative in sorted(Derivative, key=lambda one: -DERIVATIVE_EDGE_PX[one]):
        edge = DERIVATIVE_EDGE_PX[derivative]
        picture.thumbnail((edge, edge), reducing_gap=2.0)
        made[derivative] = _as_jpeg(picture)
    return made


def _hide(picture: Image.Image, areas: Sequence[Sequence[float]]) -> None:
    """A pixel that an area touches is hidden as a whole."""
    pen = ImageDraw.Draw(picture)
    for left, top, width, height in areas:
        box = (
            floor(left * picture.width / 100),
            floor(top * picture.height / 100),
            ceil((left + width) * picture.width / 100),
            ceil((top + height) * picture.height / 100),
        )
        pen.rectangle(box, fill="black")


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Image.Image]:
    try:
        with Image.open(file, formats=FORMATS) as image:
            _measured(image)
            yield image
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPhoto from error


def _measured(image: Image.Image) -> None:
    width, height = image.size
    is_baseline = image.format == "JPEG" and not image.info.get("progressive")
    if width * height > (MAX_PIXELS_BASELINE if is_baseline else MAX_PIXELS):
        raise NotAPhoto


def _from_exif(image: Image.Image) -> tuple[int, str | None]:
    """Orientation and time of taking; a photo with a damaged EXIF block is a photo all the same."""
    try:
        exif = image.getexif()
        taken = exif.get_ifd(IFD.Exif).get(Base.DateTimeOriginal) or exif.get(Base.DateTime)
        return int(exif.get(Base.Orientation) or 1), _text(taken)
    except OSError:  # the picture itself is cut off
        raise
    except Exception:  # noqa: BLE001  # the parser raises whatever the bytes led it to
        return 1, None


def _probe(image: Image.Image) -> None:
    """Decodes what shows whether the file is whole, without its full area where possible."""
    image.draft("RGB", (_PROBE_PX, _PROBE_PX))
    image.load()


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG has no transparency; what shone through becomes paper. Keeps the orientation's mark."""
    orientation, _ = _from_exif(image)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        plain = Image.new("RGB", seen.size, "white")
        plain.paste(seen, mask=seen.getchannel("A"))
    else:
        plain = image.convert("RGB")
    if profile := image.info.get("icc_profile"):
        plain.info["icc_profile"] = profile
    plain.info.pop("exif", None)
    plain.getexif()[Base.Orientation] = orientation
    return plain


def _as_jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    # The colour profile is no trace of the photographer, and colours would shift without it.
    picture.save(
        out,
        "JPEG",
        quality=82,
        optimize=True,
        exif=b"",
        icc_profile=picture.info.get("icc_profile"),
    )
    return out.getvalue()


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if not isinstance(value, str):
        return None
    return value.replace("\x00", "").strip()[:40] or None
