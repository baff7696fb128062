"""Everything that happens because something was saved: mail, thumbnails, live updates."""


def command() -> None:
    """Work through the outbox until told to stop.

    Example: ./gesuibo worker
    """
    from app.worker import main  # imports the whole service

    main()
