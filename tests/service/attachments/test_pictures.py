from contextlib import suppress
from io import BytesIO

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from service.attachments.domain import Derivative, NotAPhoto
from service.attachments.pictures import derive, inspect
from tests.tagged_city import jpeg


def encoded(image: Image.Image, fmt: str, **options: object) -> BytesIO:
    out = BytesIO()
    image.save(out, fmt, **options)
    out.seek(0)
    return out


@pytest.mark.parametrize(
    ("fmt", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_photos_of_three_formats_are_read(fmt: str, mime: str) -> None:
    seen = inspect(encoded(Image.new("RGB", (40, 30), "red"), fmt))
    assert (seen.mime, seen.width_px, seen.height_px) == (mime, 40, 30)


def test_size_is_told_as_seen_and_time_as_written() -> None:
    exif = Image.Exif()
    exif[274] = 6
    exif.get_ifd(0x8769)[36867] = "2026:11:23 08:15:00"
    seen = inspect(BytesIO(jpeg(40, 30, exif=exif)))
    assert (seen.width_px, seen.height_px) == (30, 40)
    assert seen.taken_at_exif == "2026:11:23 08:15:00"


def heic(width: int, height: int, *, orientation: int = 1) -> BytesIO:
    """The left half is red as the camera held it, the right one blue."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[274] = orientation
    exif.get_ifd(0x8769)[36867] = "2026:11:24 08:15:00"
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    pillow_heif.from_pillow(picture).save(out, quality=90, exif=exif.tobytes())
    out.seek(0)
    return out


def test_a_heic_is_shown_upright_and_without_the_cameras_place() -> None:
    photo = heic(640, 480, orientation=6)  # the top of the scene is at the left of the sensor
    seen = inspect(photo)
    assert (seen.mime, seen.width_px, seen.height_px) == ("image/heic", 480, 640)
    assert seen.taken_at_exif == "2026:11:24 08:15:00"
    with Image.open(BytesIO(derive(photo)[Derivative.SCREEN])) as shown:
        assert (shown.format, shown.size) == ("JPEG", (480, 640))
        top, bottom = (shown.getpixel((240, y)) for y in (100, 540))
        assert not shown.getexif()
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > top[2]
    assert bottom[2] > 200 > bottom[0]


def test_a_heic_of_an_unknown_kind_is_kept_and_not_shown() -> None:
    unknown = BytesIO(b"\x00\x00\x00\x18ftypheic" + bytes(100))
    assert inspect(unknown).mime == "image/heic"
    assert unknown.tell() == 0
    with pytest.raises(NotAPhoto):
        derive(unknown)


@pytest.mark.parametrize("fmt", ["JPEG", "PNG"])
def test_a_file_cut_off_in_the_middle_is_no_photo(fmt: str) -> None:
    whole = encoded(Image.effect_noise((300, 200), 60), fmt).getvalue()
    with pytest.raises(NotAPhoto):
        inspect(BytesIO(whole[: len(whole) // 2]))


def test_a_small_file_that_claims_a_vast_area_is_refused() -> None:
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb.getvalue()) < 200_000
    with pytest.raises(NotAPhoto):
        inspect(bomb)


def test_a_gif_is_no_photo_of_ours() -> None:
    with pytest.raises(NotAPhoto):
        inspect(encoded(Image.new("P", (4, 4)), "GIF"))


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"])
)
def test_any_bytes_are_a_picture_or_refused(tail: bytes, start: bytes) -> None:
    with suppress(NotAPhoto):
        assert inspect(BytesIO(start + tail)).mime.startswith("image/")


def test_smaller_pictures_are_upright_and_carry_no_metadata() -> None:
    exif = Image.Exif()
    exif[274] = 6
    exif[271] = "Camera of somebody"
    left_red = Image.new("RGB", (2000, 1000), "blue")
    left_red.paste("red", (0, 0, 1000, 1000))
    made = derive(encoded(left_red, "JPEG", exif=exif))
    thumbnail = Image.open(BytesIO(made[Derivative.THUMBNAIL]))
    screen = Image.open(BytesIO(made[Derivative.SCREEN]))
    assert (thumbnail.size, screen.size) == ((160, 320), (800, 1600))
    top, bottom = (thumbnail.getpixel((80, y)) for y in (20, 300))
    assert (top[0] > 200, top[2] < 100) == (True, True)
    assert (bottom[0] < 100, bottom[2] > 200) == (True, True)
    assert all(b"Camera" not in content and b"Exif" not in content for content in made.values())


def test_what_was_transparent_becomes_paper() -> None:
    made = derive(encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"))
    assert Image.open(BytesIO(made[Derivative.SCREEN])).getpixel((5, 5)) == (255, 255, 255)


def test_a_small_picture_is_not_blown_up() -> None:
    made = derive(BytesIO(jpeg(100, 50)))
    assert Image.open(BytesIO(made[Derivative.SCREEN])).size == (100, 50)
