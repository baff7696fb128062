"""Who is told what, and how: in the application, by mail, by webhooks."""
