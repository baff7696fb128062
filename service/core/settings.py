"""Settings come from the environment (`GESUIBO_*`) and from `.env`; nothing else is read."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="GESUIBO_", env_file=".env", extra="ignore")

    database_url: str = Field(
        default="postgresql+psycopg:///gesuibo",
        description="Login used by the application; it must not own the tables.",
    )
    owner_database_url: str | None = Field(
        default=None,
        description="Login used by migrations, backup and restore; the same as above when absent.",
    )
    app_role: str = Field(
        default="gesuibo_app",
        description="Role that every application connection takes on; row-level security binds it.",
    )
    state_dir: Path = Path(".gesuibo")
    photo_store: str | None = Field(
        default=None,
        description="file:///… or s3://bucket/prefix; a folder below state_dir when absent.",
    )
    s3_endpoint: str | None = None
    s3_region: str = "us-east-1"
    s3_access_key_id: str | None = None
    s3_secret_access_key: SecretStr | None = None
    port: int = 8000
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Address that is printed in QR tags and messages.",
    )
    cookie_secure: bool | None = Field(
        default=None, description="Follows the scheme of public_url when absent."
    )
    city_name: str = "見本市"
    emergency_phone: str = "0000-00-0000"
    session_hours: int = 12
    phone_days: int = 90
    photo_originals: bool = Field(
        default=False,
        description="Phones send photos as the camera took them; smaller ones when false.",
    )
    photo_max_bytes: int = 40 * 1024 * 1024
    import_max_bytes: int = 200 * 1024 * 1024
    pool_size: int = 10
    smtp_host: str | None = Field(
        default=None, description="Mail server that takes our mails; no mail is sent when absent."
    )
    smtp_port: int = 25
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: str = Field(default="gesuibo@localhost", description="Address that mails come from.")
    smtp_timeout_s: float = 20.0
    escalation_minutes: int = Field(
        default=15,
        ge=1,
        description="An emergency that nobody accepts is told to the next person after this time.",
    )
    ageing_days: int = Field(
        default=14, ge=1, description="An open case that nobody touches is told after this time."
    )
    citizen_door: bool = Field(
        default=False,
        description="Opens /citizen: anybody may report a trouble and see how it is handled.",
    )
    webhook_hosts: str = Field(
        default="",
        description=(
            "Hosts inside the city's network that webhooks may go to, also without https:"
            " host or host:port, with commas between."
        ),
    )

    @field_validator("smtp_host")
    @classmethod
    def _blank_is_absent(cls, value: str | None) -> str | None:
        """What compose hands on without a value is an empty text."""
        return value or None

    @property
    def migration_url(self) -> str:
        return self.owner_database_url or self.database_url

    @property
    def photo_store_url(self) -> str:
        return self.photo_store or (self.state_dir.absolute() / "photos").as_uri()

    @property
    def webhook_host_list(self) -> frozenset[str]:
        return frozenset(
            filter(None, (one.strip().lower() for one in self.webhook_hosts.split(",")))
        )

    @property
    def secure_cookies(self) -> bool:
        if self.cookie_secure is not None:
            return self.cookie_secure
        return self.public_url.startswith("https://")


@lru_cache
def get_settings() -> Settings:
    return Settings()
