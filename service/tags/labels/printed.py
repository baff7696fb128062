"""One label to be printed: what the tag is, and the lines that go beside its symbol."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from service.tags.domain import grouped
from service.tags.labels.lettering import CODE_MM, Line
from service.tags.symbol import Level, tag_address


@dataclass(frozen=True)
class Label:
    """``copy_no`` tells the tags of one position apart; a stock tag has no position yet."""

    tag_code: str
    position_code: str | None = None
    position_name: str | None = None
    unit_no: str | None = None
    facility_code: str | None = None
    facility_name: str | None = None
    location: str | None = None
    copy_no: int = 1

    @property
    def code(self) -> str:
        """In groups; the second tag of a position says so."""
        return grouped(self.tag_code) + (f" -{self.copy_no:02}" if self.copy_no > 1 else "")

    @property
    def name(self) -> str:
        name = self.position_name or ""
        return f"{name} {self.unit_no}" if self.unit_no and self.unit_no not in name else name

    @property
    def title(self) -> str:
        """As an error names it: the position, else the tag's own number."""
        return f"{self.position_code} ({self.code})" if self.position_code else self.code


@dataclass(frozen=True)
class Imprint:
    """What all labels of a city have in common."""

    public_url: str
    city_name: str
    phone: str
    level: Level = Level.Q

    @property
    def host(self) -> str:
        return urlsplit(self.public_url).netloc

    def address(self, label: Label) -> str:
        return tag_address(self.public_url, label.tag_code)

    def lines(self, label: Label) -> list[Line]:
        """The label speaks Japanese whoever prints it: it is for the people on site."""
        told = [
            Line(label.facility_name or self.city_name, 2.8, may_be_cut=True),
            Line(label.name or "未割当（現場で読み取って登録）", 3.4, may_be_cut=True),
            Line(label.position_code or label.code, CODE_MM, is_code=True),
        ]
        if label.position_code:
            told.append(Line(label.code, 2.8))
        return [
            *told,
            Line(f"{self.city_name} 緊急 {self.phone}", 2.4),
            Line(f"故障報告 {self.host}", 2.0),
        ]
